// When each word of a cue begins, where a file says so. Parsers leave it in the payload as WebVTT's cue timestamps (5.1.3 of its
// specification; YouTube writes them: `we<00:00:01.200><c> now</c>`); here they come off, go where their words go, and are checked. Times
// that can't be right are dropped, and the cue is as if it had none.
import { parseClock } from './clock.ts';

/** What counts as a word: scripts without spaces count each character as one. */
export const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;

const TIME_TAG = /<((?:\d{1,4}:)?\d{1,3}:\d{1,2}[.,]\d{1,3})>/g;
/** Stands for a tag while the rest of the markup comes off; no caption has it. */
const MARK = '\u{f8ff}';
/** More words than this without a time of their own, as a share, and the others prove little. */
const MAX_UNTIMED = 0.5;
/** More words than this at the very moment of the word before, as a share, and times were written without being known. */
const MAX_TOGETHER = 0.5;

/** Times of words in ms of the file; NaN where a word has none of its own. */
export type WordTimes = readonly number[];

export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** A cue timestamp for a payload. */
export function timeTag(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1000) % 60)}`;
  return `<${clock}.${String(whole % 1000).padStart(3, '0')}>`;
}

/** The payload with its cue timestamps moved by so much, as its cue is. */
export function shiftTimes(payload: string, byMs: number): string {
  return payload.replace(TIME_TAG, (tag, clock: string) => {
    const ms = parseClock(clock);
    return ms === undefined ? tag : timeTag(ms + byMs);
  });
}

/** What `plain` makes of a payload, and when its words begin; no times where the payload holds none. */
export function liftTimes(payload: string, plain: (marked: string) => string): { text: string; times?: WordTimes } {
  const text = plain(payload);
  const clocks: number[] = [];
  const withMarks = payload.replace(TIME_TAG, (_, clock: string) => {
    clocks.push(parseClock(clock) ?? NaN);
    return MARK;
  });
  if (clocks.length === 0) return { text };
  const marked = plain(withMarks);
  const times: number[] = [];
  const parts = marked.split(MARK);
  let last = ' ';
  for (const [i, part] of parts.entries()) {
    // A tag inside a word says nothing about its beginning.
    const goesOn = last !== ' ' && /^\S/.test(part) && wordsOf(last + part[0]!).length === 1;
    const found = wordsOf(part).length - (goesOn ? 1 : 0);
    for (let k = 0; k < found; k++) times.push(k === 0 && i > 0 && !goesOn ? clocks[i - 1]! : NaN);
    if (part !== '') last = /\s$/.test(part) ? ' ' : part.at(-1)!;
  }
  return parts.length === clocks.length + 1 && times.length === wordsOf(text).length ? { text, times } : { text };
}

/**
 * Milliseconds from the cue's start to each of its words, in order; a word without a time between two with one is placed evenly.
 * undefined where the times are no times of these words.
 */
export function wordStartsOf(
  { startMs, endMs, text }: { readonly startMs: number; readonly endMs: number; readonly text: string },
  times: WordTimes | undefined,
): number[] | undefined {
  const numWords = wordsOf(text).length;
  // Names of speakers come off the front.
  const own = times?.slice(Math.max(0, times.length - numWords));
  if (own === undefined || own.length !== numWords || numWords === 0) return undefined;
  const numUntimed = own.filter((ms) => Number.isNaN(ms)).length;
  if (numUntimed > Math.max(1, MAX_UNTIMED * numWords)) return undefined;
  // The first word of a line that comes in has no tag: the cue begins with it.
  const known = [...own.map((ms) => ms - startMs), endMs - startMs];
  if (Number.isNaN(known[0])) known[0] = 0;
  let from = 0;
  for (let i = 1; i < known.length; i++) {
    if (Number.isNaN(known[i])) continue;
    for (let k = from + 1; k < i; k++) known[k] = known[from]! + ((known[i]! - known[from]!) * (k - from)) / (i - from);
    from = i;
  }
  const starts = known.slice(0, -1).map(Math.round);
  const isOrdered = known.every((ms, i) => ms >= (known[i - 1] ?? 0));
  const together = starts.filter((ms, i) => i > 0 && ms === starts[i - 1]).length;
  return isOrdered && together <= MAX_TOGETHER * (numWords - 1) ? starts : undefined;
}
