// What a model will be shown of one source, before it is shown anything: its line of time, how windows are cut for this model, and
// the words of each. Indexing and --plan both begin here.
import { secToMs, type Span } from '../src/time.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { eventRequest } from '../src/windows/event-request.ts';
import { WindowCutter, type PlannedWindow } from '../src/windows/plan-windows.ts';
import { timelineOf, withSlides, type Timeline } from '../src/windows/timeline.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import { windowRoom, windowSettings, type WindowSettings } from '../src/windows/window-settings.ts';
import type { HeardMaterial, SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { readFeed, type SlideFeed } from './slide-feed.ts';
import { isSampleFull, measureCosts, timelineSample } from './window-costs.ts';

export interface SourcePlan {
  readonly settings: WindowSettings;
  readonly windows: readonly PlannedWindow[];
  /** Prompts of all windows, at most. */
  readonly numTokens: number;
  /** Longest answer to one window. */
  readonly answerTokens: number;
  /** Of every picture. */
  readonly frame: Size;
}

/** Longer side of a still: body text of a slide is readable, and 16:9 costs about 600 tokens. */
const STILL_SIDE = 1024;
/** Pixels of a picture that one token stands for, along a side. */
const TOKEN_SIDE = 32;

/** How far ahead slides are waited for at a time. */
const STEP_MS = 60_000;

/** Throws WindowBudgetError where not even the shortest window fits. */
export async function planSource(material: SourceMaterial, model: OpenedModel): Promise<SourcePlan> {
  const planner = await WindowPlanner.open(material, readFeed(material), model);
  const windows: PlannedWindow[] = [];
  for await (const window of planner.windows()) windows.push(window);
  const { settings, answerTokens, frame } = planner;
  const numTokens = windows.reduce((sum, window) => sum + window.numTokens, 0);
  return { settings, windows, numTokens, answerTokens, frame };
}

/** Plans window after window, each as soon as what is shown in it is known: the plan is the same as of a source that is all there. */
export class WindowPlanner {
  readonly settings: WindowSettings;
  /** Longest answer to one window. */
  readonly answerTokens: number;
  /** Of every picture. */
  readonly frame: Size;
  readonly textOf: (window: Span) => WindowText;
  readonly #feed: SlideFeed;
  readonly #cutter: WindowCutter;
  #timeline: Timeline;
  #numCut = 0;

  private constructor(
    timeline: Timeline,
    feed: SlideFeed,
    { settings, answerTokens, frame, textOf }: Pick<WindowPlanner, 'settings' | 'answerTokens' | 'frame' | 'textOf'>,
  ) {
    this.settings = settings;
    this.answerTokens = answerTokens;
    this.frame = frame;
    this.textOf = textOf;
    this.#feed = feed;
    this.#timeline = timeline;
    this.#cutter = new WindowCutter(timeline.span, settings);
  }

  /** Rejects as the feed does. */
  static async open(material: HeardMaterial, feed: SlideFeed, model: OpenedModel): Promise<WindowPlanner> {
    const { chat, taste } = model;
    const { captions, clip } = material;
    const textOf = (window: Span): WindowText => taste ?? eventRequest(window);
    const frame = taste?.frame ?? stillSize(clip?.probe.video ?? { width: STILL_SIDE, height: STILL_SIDE });
    if (!taste) clip?.stills?.want(frame);
    const heard = timelineOf({ span: spanOf(material), slides: [], slideTexts: [], captions });
    const timeline = await beginningOf(heard, feed, taste?.readsText ?? true);
    const costs = await measureCosts(chat, timelineSample(timeline, frame), textOf(timeline.span));
    const { contextTokens, answerTokens } = windowRoom(chat.contextTokens, model.contextTokens, taste);
    const settings = windowSettings({ contextTokens, answerTokens, taste, costs }, timeline.shown.length > 0);
    return new WindowPlanner(timeline, feed, { settings, answerTokens, frame, textOf });
  }

  /** As far as windows were planned; what is shown later may be there in part. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  /** Of all windows, those planned counted, others guessed. */
  get numWindows(): number {
    const { isDone, doneShare } = this.#cutter;
    return isDone ? this.#numCut : Math.max(this.#numCut + 1, Math.ceil(this.#numCut / doneShare));
  }

  /** In order of time. Throws WindowBudgetError, and as the feed does. */
  async *windows(): AsyncGenerator<PlannedWindow> {
    while (!this.#cutter.isDone) {
      let untilMs = this.#cutter.nextStartMs;
      do {
        untilMs += STEP_MS;
        this.#timeline = withSlides(this.#timeline, await this.#feed.until(untilMs, this.settings.readsText));
      } while (!this.#cutter.isDecided(this.#timeline, untilMs));
      const window = this.#cutter.cut(this.#timeline);
      this.#numCut++;
      yield window;
    }
  }
}

/** As much of what is shown as settings depend on: whether there are slides, and some of the words on them. */
async function beginningOf(heard: Timeline, feed: SlideFeed, readsText: boolean): Promise<Timeline> {
  for (let ms = heard.span.startMs + STEP_MS; ; ms += STEP_MS) {
    const isWhole = ms >= heard.span.endMs;
    const timeline = withSlides(heard, await feed.until(isWhole ? Infinity : ms, readsText));
    if (isWhole || (timeline.shown.length > 0 && (!readsText || isSampleFull(timeline, ms)))) return timeline;
  }
}

/** Absolute times of the source; a transcript begins with its first word. */
function spanOf({ clip, captions, durationMs }: HeardMaterial): Span {
  if (clip) return { startMs: secToMs(clip.probe.startSec), endMs: secToMs(clip.probe.endSec) };
  const startMs = captions?.cues[0]?.startMs ?? 0;
  return { startMs, endMs: Math.max(durationMs ?? 0, captions?.cues.at(-1)?.endMs ?? 0) };
}

function stillSize({ width, height }: Size): Size {
  const scale = Math.min(1, STILL_SIDE / Math.max(width, height));
  const whole = (side: number) => Math.max(1, Math.round((side * scale) / TOKEN_SIDE)) * TOKEN_SIDE;
  return { width: whole(width), height: whole(height) };
}
