// Chapters as other programs take them. Sources: WebVTT chapter tracks (https://www.w3.org/TR/webvtt1/ section 1.7.4),
// YouTube's chapter lists (first at 0:00, at least three, each 10 s or longer), ffmpeg's FFMETADATA1 (ffmpeg-formats, Metadata).
import type { Chapter } from '../../events/event.ts';
import { LecternError } from '../../errors.ts';
import type { SourceRecord } from '../../store/library.ts';
import { formatClock, formatTimestamp } from '../../time.ts';
import { escapeMarkdown, placeLink, startText } from './summary.ts';

export type ChapterFormat = 'vtt' | 'youtube' | 'ffmetadata' | 'md';

interface TimedChapter {
  readonly startMs: number;
  readonly endMs: number;
  readonly title: string;
}

/** `isFromZero`: the program's clock begins with the video, whatever the source's own does. */
function timed(source: SourceRecord, chapters: readonly Chapter[], format: string, isFromZero = false): TimedChapter[] {
  const zeroMs = isFromZero ? startOfClock(source, chapters) : 0;
  return chapters.map(({ place, title }) => {
    if (place.kind !== 'time') {
      throw new LecternError(`${source.title} is a document: its chapters have pages, and ${format} holds times`, {
        code: 'FORMAT_NEEDS_TIMES',
        remedy: 'Use --format json or --format md.',
      });
    }
    return {
      startMs: place.startMs - zeroMs,
      endMs: place.endMs - zeroMs,
      title: title.replaceAll(/\s+/g, ' ').trim(),
    };
  });
}

/** A broadcast's clock has run for hours: its first chapter begins after the whole of its duration. */
function startOfClock({ durationMs }: SourceRecord, [first]: readonly Chapter[]): number {
  if (first?.place.kind !== 'time') return 0;
  const { startMs } = first.place;
  return startMs < 0 || startMs >= (durationMs ?? Infinity) ? startMs : 0;
}

/** Text of a WebVTT cue: `&`, `<` and `-->` have to be written as entities (section 4.2.2). */
export function escapeVtt(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function chaptersVtt(source: SourceRecord, chapters: readonly Chapter[]): string {
  const cues = timed(source, chapters, 'vtt').map(
    ({ startMs, endMs, title }, index) =>
      `${index + 1}\n${formatTimestamp(startMs)} --> ${formatTimestamp(endMs)}\n${escapeVtt(title)}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

/** What YouTube takes: https://support.google.com/youtube/answer/9884579. */
const MIN_YOUTUBE_MS = 10_000;
const MIN_YOUTUBE_CHAPTERS = 3;

/** A chapter too short for YouTube goes into the next one, the last into the one before it. */
export function chaptersYoutube(source: SourceRecord, chapters: readonly Chapter[]): string {
  const marks: { readonly startMs: number; readonly title: string }[] = [];
  let pendingMs: number | undefined = 0;
  const all = timed(source, chapters, 'youtube', true);
  for (const { startMs, endMs, title } of all) {
    pendingMs ??= startMs;
    if (toWholeSecond(endMs) - toWholeSecond(pendingMs) < MIN_YOUTUBE_MS) continue;
    marks.push({ startMs: pendingMs, title });
    pendingMs = undefined;
  }
  if (marks.length === 0) marks.push(...all.slice(0, 1).map(({ title }) => ({ startMs: 0, title })));
  return marks.map(({ startMs, title }) => `${formatClock(startMs)} ${title}`).join('\n');
}

const toWholeSecond = (ms: number) => Math.floor(ms / 1000) * 1000;

/** Why YouTube will not show this list as chapters; undefined where it will. */
export function youtubeRemark(list: string): string | undefined {
  const count = list.split('\n').filter(Boolean).length;
  if (count >= MIN_YOUTUBE_CHAPTERS) return undefined;
  return `YouTube shows chapters where there are three or more of at least 10 seconds; here are ${count}.`;
}

export function chaptersFfmetadata(source: SourceRecord, chapters: readonly Chapter[]): string {
  const escape = (text: string) => text.replace(/[=;#\\\n]/g, '\\$&');
  const blocks = timed(source, chapters, 'ffmetadata', true).map(
    ({ startMs, endMs, title }) => `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startMs}\nEND=${endMs}\ntitle=${escape(title)}`,
  );
  return [`;FFMETADATA1\ntitle=${escape(source.title)}`, ...blocks].join('\n');
}

export function chaptersMarkdown(source: SourceRecord, chapters: readonly Chapter[]): string {
  const lines = chapters.map(
    ({ place, title }) => `- [${startText(place)}](${placeLink(source, place)}) ${escapeMarkdown(title)}`,
  );
  return [`# ${escapeMarkdown(source.title)}`, '', ...lines].join('\n');
}

export const chapterFormats: Record<ChapterFormat, (source: SourceRecord, chapters: readonly Chapter[]) => string> = {
  vtt: chaptersVtt,
  youtube: chaptersYoutube,
  ffmetadata: chaptersFfmetadata,
  md: chaptersMarkdown,
};
