// Raw cues of any format to the cues that the rest of Lectern sees: markup off, order of start, times repaired, rolling
// repeats undone, speakers in their field, blank cues dropped.
import type { Cue } from './cue.ts';
import { plainVoices } from './markup.ts';
import type { RawCue } from './raw-cue.ts';
import { unroll } from './rolling.ts';
import { liftSpeakers } from './speakers.ts';

/** A cue whose end is missing or lies before its start is given the time to read it, up to the next cue. */
const MS_PER_CHARACTER = 60;
const MIN_REPAIRED_MS = 500;

export function cleanCues(raw: readonly RawCue[]): { cues: Cue[]; numRepaired: number } {
  const plain = raw.flatMap(splitVoices).sort((a, b) => a.startMs - b.startMs);
  let numRepaired = 0;
  const timed = plain.map((cue, i) => {
    if (cue.endMs > cue.startMs) return cue;
    numRepaired++;
    const wanted = cue.startMs + Math.max(MIN_REPAIRED_MS, cue.payload.length * MS_PER_CHARACTER);
    const next = plain.slice(i + 1).find((later) => later.startMs > cue.startMs)?.startMs ?? Infinity;
    return { ...cue, endMs: Math.min(wanted, next) };
  });
  const cues = unroll(timed).map(({ startMs, endMs, payload, speaker }) => ({
    startMs,
    endMs,
    text: joinLines(payload),
    ...(speaker !== undefined && { speaker }),
  }));
  return { cues: liftSpeakers(cues).filter((cue) => cue.text !== ''), numRepaired };
}

/** One raw cue for each voice; the time between them divided by their length. */
function splitVoices(cue: RawCue): RawCue[] {
  const voices = plainVoices(cue.payload);
  const total = voices.reduce((sum, voice) => sum + voice.text.length, 0);
  const durationMs = cue.endMs - cue.startMs;
  let before = 0;
  return voices.map((voice) => {
    const startMs = cue.startMs + Math.round((durationMs * before) / total);
    before += voice.text.length;
    const endMs = cue.startMs + Math.round((durationMs * before) / total);
    const speaker = voice.speaker ?? cue.speaker;
    return { startMs, endMs, payload: voice.text, ...(speaker !== undefined && { speaker }) };
  });
}

/** Lines to one paragraph. Chinese and Japanese lines join without a space; a dash that marks a turn goes. */
function joinLines(payload: string): string {
  const [first = '', ...rest] = payload.split('\n');
  return rest.reduce((text, line) => {
    const next = line.replace(/^[-–—]\s+(?=\p{L})/u, '');
    const isUnspaced = UNSPACED.test(text.at(-1) ?? '') && UNSPACED.test(next[0] ?? '');
    return `${text}${isUnspaced ? '' : ' '}${next}`;
  }, first);
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？「」]/u;
