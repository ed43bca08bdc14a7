// Rolling captions undone: in two-line automatic captions each cue repeats the line before it (and YouTube adds a 10 ms
// cue with nothing new), so a text would occur two or three times. What a cue repeats of the cue before is cut away.
import type { RawCue } from './raw-cue.ts';
import { WORD, wordsOf, type WordTimes } from './word-times.ts';

/** Cues further apart than this don't roll on: a line said again is said again. */
const TOUCH_MS = 150;
/** A track rolls if this share of its touching neighbours share words; a single pair must show it more clearly. */
const ROLLING_SHARE = 0.3;
const MIN_ROLLING_PAIRS = 3;
/** A cue this short can't be read: it only marks the moment at which the lines roll. */
const FLASH_MS = 100;

/** Takes cues with plain text in order of start. In a rolling track, ends are also cut back to the next start. */
export function unroll<T extends RawCue & { readonly times?: WordTimes }>(cues: readonly T[]): T[] {
  const overlaps = cues.map((cue, i) => (i === 0 ? 0 : repeatedWords(cues[i - 1]!, cue)));
  const touching = cues.filter((cue, i) => i > 0 && touches(cues[i - 1]!, cue)).length;
  const repeating = overlaps.filter((count) => count > 0).length;
  const isRolling = repeating >= MIN_ROLLING_PAIRS && repeating >= ROLLING_SHARE * touching;
  const kept: T[] = [];
  for (const [i, cue] of cues.entries()) {
    const count = overlaps[i]!;
    if (count === 0 || !(isRolling || isClearRepeat(cues[i - 1]!, cue, count))) {
      kept.push(cue);
      continue;
    }
    const payload = withoutFirstWords(cue.payload, count);
    const last = kept.at(-1);
    if (payload !== '') kept.push({ ...cue, payload, ...(cue.times && { times: cue.times.slice(count) }) });
    else if (last !== undefined) kept[kept.length - 1] = { ...last, endMs: Math.max(last.endMs, cue.endMs) };
  }
  return isRolling ? kept.map((cue, i) => cutBack(cue, kept[i + 1])) : kept;
}

/** How many words of `cue`'s start are the end of `previous`: the most possible. */
function repeatedWords(previous: RawCue, cue: RawCue): number {
  if (!touches(previous, cue)) return 0;
  const after = wordsOf(cue.payload);
  const before = wordsOf(previous.payload).slice(-after.length);
  // Knuth, Morris and Pratt: a cue may be a whole lecture. borders[n]: how many of the first n words are their last words too.
  const borders = [0, 0];
  const extended = (count: number, word: string): number => {
    while (count > 0 && after[count] !== word) count = borders[count]!;
    return after[count] === word ? count + 1 : 0;
  };
  for (let i = 1; i < after.length; i++) borders.push(extended(borders[i]!, after[i]!));
  return before.reduce(extended, 0);
}

function touches(previous: RawCue, cue: RawCue): boolean {
  const isNear = cue.startMs - previous.endMs <= TOUCH_MS && cue.startMs >= previous.startMs;
  return isNear && cue.speaker === previous.speaker;
}

/** Outside a rolling track: a whole line of several words above a new one, or the same text shown twice at a time. */
function isClearRepeat(previous: RawCue, cue: RawCue, count: number): boolean {
  const all = wordsOf(cue.payload).length;
  if (count === all && count === wordsOf(previous.payload).length) {
    return cue.startMs < previous.endMs || cue.endMs - cue.startMs <= FLASH_MS;
  }
  const [firstLine, ...rest] = cue.payload.split('\n');
  const lastLine = previous.payload.split('\n').at(-1);
  return (rest.length > 0 && firstLine === lastLine && count >= 2) || (count >= 3 && cue.startMs < previous.endMs);
}

function withoutFirstWords(text: string, count: number): string {
  let at = 0;
  for (const match of text.matchAll(WORD)) {
    if (count-- === 0) return text.slice(match.index).trim();
    at = match.index + match[0].length;
  }
  return text.slice(at).trim();
}

function cutBack<T extends RawCue>(cue: T, next: T | undefined): T {
  const nextStart = next?.startMs ?? Infinity;
  return nextStart > cue.startMs && nextStart < cue.endMs ? { ...cue, endMs: nextStart } : cue;
}
