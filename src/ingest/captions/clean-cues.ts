// Raw cues of any format to the cues that the rest of Lectern sees: markup off, order of start, times repaired, rolling
// repeats undone, speakers in their field, blank cues dropped.
import type { Cue } from './cue.ts';
import { plainName, plainVoices } from './markup.ts';
import type { RawCue } from './raw-cue.ts';
import { unroll } from './rolling.ts';
import { liftSpeakers } from './speakers.ts';
import { wordStartsOf, type WordTimes } from './word-times.ts';

interface PlainCue extends RawCue {
  readonly times?: WordTimes;
}

/** A cue whose end is missing or lies before its start is given the time to read it, up to the next cue. */
const MS_PER_CHARACTER = 60;
const MIN_REPAIRED_MS = 500;

export function cleanCues(raw: readonly RawCue[]): { cues: Cue[]; numRepaired: number } {
  const plain = raw.flatMap(splitVoices).sort((a, b) => a.startMs - b.startMs);
  let numRepaired = 0;
  let next = Infinity;
  // From the last, so that the next start is known; cues may begin together.
  const timed = plain
    .toReversed()
    .map((cue, i, reversed) => {
      const after = reversed[i - 1]?.startMs ?? Infinity;
      if (after > cue.startMs) next = after;
      if (cue.endMs > cue.startMs) return cue;
      numRepaired++;
      const wanted = cue.startMs + Math.max(MIN_REPAIRED_MS, cue.payload.length * MS_PER_CHARACTER);
      return { ...cue, endMs: Math.min(wanted, next) };
    })
    .reverse();
  const cues = unroll(timed).map(({ startMs, endMs, payload, speaker, times }) => ({
    startMs,
    endMs,
    text: joinLines(payload),
    ...(speaker !== undefined && { speaker }),
    ...(times !== undefined && { times }),
  }));
  const spoken = liftSpeakers(cues).filter((cue) => cue.text !== '');
  return { cues: spoken.map(withWordStarts), numRepaired };
}

function withWordStarts({ times, ...cue }: Cue & { readonly times?: WordTimes }): Cue {
  const wordStarts = wordStartsOf(cue, times);
  return wordStarts === undefined ? cue : { ...cue, wordStarts };
}

/** One raw cue for each voice; the time between them divided by their length. */
function splitVoices(cue: RawCue): PlainCue[] {
  const voices = plainVoices(cue.payload);
  const named = plainName(cue.speaker ?? '');
  const total = voices.reduce((sum, voice) => sum + voice.text.length, 0);
  const durationMs = cue.endMs - cue.startMs;
  let before = 0;
  return voices.map((voice) => {
    const startMs = cue.startMs + Math.round((durationMs * before) / total);
    before += voice.text.length;
    const endMs = cue.startMs + Math.round((durationMs * before) / total);
    const speaker = voice.speaker ?? named;
    const spoken = { startMs, endMs, payload: voice.text, ...(voice.times && { times: voice.times }) };
    return speaker === undefined ? spoken : { ...spoken, speaker };
  });
}

/** Lines to one paragraph. Chinese and Japanese lines join without a space; a dash that marks a turn goes. */
function joinLines(payload: string): string {
  const lines = payload.split('\n').map((line, i) => (i === 0 ? line : line.replace(/^[-–—]\s+(?=\p{L})/u, '')));
  const gap = (before: string, after: string) =>
    UNSPACED.test(before.at(-1) ?? '') && UNSPACED.test(after[0] ?? '') ? '' : ' ';
  return lines.map((line, i) => (i === 0 ? line : gap(lines[i - 1]!, line) + line)).join('');
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？「」]/u;
