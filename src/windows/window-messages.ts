// A planned window and its pictures to the messages that a model reads: pictures, slide text and speech in order of time, the
// instruction last, so that whatever is asked of a window, its beginning is the same.
import type { ChatMessage, ChatPart, Picture, TimedFrame } from '../model/chat/chat-model.ts';
import { joinTexts, userMessages } from '../model/chat/messages.ts';
import { msToSec } from '../time.ts';
import type { PlannedWindow } from './plan-windows.ts';
import { newTexts, shownLine, shownWithin, spokenLine, spokenWithin, type Shown, type Timeline } from './timeline.ts';
import type { WindowSettings } from './window-settings.ts';

/**
 * `interleaved`: pictures stand beside what is said while they are shown. `video-first`: all pictures as one video, then all
 * text; servers take true times for one video a request only.
 */
export type WindowLayout = 'interleaved' | 'video-first';

export interface WindowText {
  /** Stable text before everything; none for models trained without. */
  readonly system?: string | undefined;
  readonly instruction: string;
}

export type WindowPicture = Pick<Shown, 'slideIndex' | 'stateIndex' | 'stillMs'>;

export interface WindowMedia {
  /** Sampled frames of the window in order of time, where the settings want those. */
  readonly frames?: readonly TimedFrame[];
  /** The still of a slide's state, where the settings want stills; undefined where it could not be decoded. */
  still?(picture: WindowPicture): Picture | undefined;
}

/** One thing in the window: a line of text, a frame, or both (a slide's line before its still). */
interface Item {
  readonly atMs: number;
  readonly text: string;
  readonly frame: TimedFrame | undefined;
}

/** The slides whose stills a window needs, each state once. */
export function stillsOf(timeline: Timeline, window: PlannedWindow, settings: WindowSettings): WindowPicture[] {
  return settings.pictures === 'slides' ? firstOfEach(shownWithin(timeline, window)) : [];
}

/** A window with all that it shows. */
export interface ShownWindow {
  readonly timeline: Timeline;
  readonly window: PlannedWindow;
  readonly settings: WindowSettings;
  readonly media: WindowMedia;
}

export function windowMessages(
  shown: ShownWindow,
  { system, instruction }: WindowText,
  layout: WindowLayout = 'interleaved',
): ChatMessage[] {
  const items = itemsOf(shown);
  const parts = layout === 'interleaved' ? interleave(items, shown.settings) : videoFirst(items, shown.settings);
  return userMessages(system, joinTexts([...parts, { type: 'text', text: instruction }]));
}

function itemsOf({ timeline, window, settings, media }: ShownWindow): Item[] {
  const { pictures, readsText } = settings;
  const items: Item[] = [];
  const shown = shownWithin(timeline, window);
  const withPicture = new Set(pictures === 'slides' ? firstOfEach(shown) : []);
  const texts = newTexts(shown);
  shown.forEach((one, i) => {
    const picture = withPicture.has(one) ? media.still?.(one) : undefined;
    const frame = picture && { timeSec: msToSec(one.startMs), picture };
    const text = readsText ? shownLine(one, texts[i]!) : '';
    if (frame || text !== '') items.push({ atMs: one.startMs, text, frame });
  });
  if (readsText) {
    for (const one of spokenWithin(timeline, window)) {
      items.push({ atMs: one.startMs, text: spokenLine(one), frame: undefined });
    }
  }
  if (pictures === 'sampled') {
    for (const frame of media.frames ?? []) items.push({ atMs: frame.timeSec * 1000, text: '', frame });
  }
  // Stable: a slide's line comes before what is said from the same moment on.
  return items.sort((a, b) => a.atMs - b.atMs);
}

/** Sampled frames go in pairs, because the model sees pairs: text waits for the second frame of one. Stills go one by one. */
function interleave(items: readonly Item[], { pictures }: WindowSettings): ChatPart[] {
  const parts: ChatPart[] = [];
  let frames: TimedFrame[] = [];
  let waiting = '';
  const flush = () => {
    if (frames.length > 0) parts.push({ type: 'frames', frames });
    if (waiting !== '') parts.push({ type: 'text', text: waiting });
    frames = [];
    waiting = '';
  };
  for (const { text, frame } of items) {
    if (pictures !== 'sampled') {
      if (text !== '') parts.push({ type: 'text', text });
      if (frame) parts.push({ type: 'frames', frames: [frame] });
      continue;
    }
    if (frame) {
      if (waiting !== '' && frames.length % 2 === 0) flush();
      frames.push(frame);
    }
    waiting += text;
  }
  flush();
  return parts;
}

/** A still stands twice, a millisecond apart: two slides in one pair would be seen as one blurred picture. */
function videoFirst(items: readonly Item[], { pictures }: WindowSettings): ChatPart[] {
  const frames = items.flatMap(({ frame }) => frame ?? []);
  const shown =
    pictures === 'slides' ? frames.flatMap((frame) => [frame, { ...frame, timeSec: frame.timeSec + 0.001 }]) : frames;
  const text = items.map((item) => item.text).join('');
  return [
    ...(shown.length > 0 ? [{ type: 'frames' as const, frames: apart(shown) }] : []),
    ...(text === '' ? [] : [{ type: 'text' as const, text }]),
  ];
}

/** Two states that come on in the same millisecond: times have to ascend. */
function apart(frames: readonly TimedFrame[]): TimedFrame[] {
  let lastMs = -Infinity;
  return frames.map((frame) => {
    lastMs = Math.max(Math.round(frame.timeSec * 1000), lastMs + 1);
    return { ...frame, timeSec: lastMs / 1000 };
  });
}

function firstOfEach(shown: readonly Shown[]): Shown[] {
  const seen = new Set<string>();
  return shown.filter(({ slideIndex, stateIndex }) => {
    const key = `${slideIndex}.${stateIndex}`;
    return !seen.has(key) && seen.add(key);
  });
}
