// Cues whose words have times of their own, cut anew: where such captions break a line says only that it was full, where their speaker
// pauses says where a phrase ends. A pause is what the time up to the next word holds beyond the time to say this one.
import type { Cue } from '../ingest/captions/cue.ts';
import { WORD } from '../ingest/captions/word-times.ts';

/** Silence between two words that parts phrases, in ms. */
const MIN_PAUSE_MS = 350;
/** Letters that a word's own beginning and end take the time of. */
const EXTRA_LETTERS = 2;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？]/u;

interface Phrase {
  readonly startMs: number;
  endMs: number;
  readonly speaker: string | undefined;
  readonly parts: string[];
  readonly wordStarts: number[];
}

/** Cues without times of words stay as they are. */
export function toPhrases(cues: readonly Cue[]): readonly Cue[] {
  if (!cues.some(({ wordStarts }) => wordStarts !== undefined)) return cues;
  const msPerLetter = paceOf(cues);
  const found: Cue[] = [];
  let open: Phrase | undefined;
  const close = () => {
    if (open !== undefined) found.push(toCue(open));
    open = undefined;
  };
  for (const cue of cues) {
    if (cue.wordStarts === undefined) {
      close();
      found.push(cue);
      continue;
    }
    const words = [...cue.text.matchAll(WORD)];
    for (const [i, { 0: word, index }] of words.entries()) {
      const startMs = cue.startMs + cue.wordStarts[i]!;
      if (open !== undefined && (open.speaker !== cue.speaker || startMs - open.endMs >= MIN_PAUSE_MS)) close();
      open ??= { startMs, endMs: startMs, speaker: cue.speaker, parts: [], wordStarts: [] };
      const before = open.parts.at(-1) ?? '';
      if (i === 0 && isSpaced(before, word)) open.parts.push(' ');
      open.parts.push(cue.text.slice(index, words[i + 1]?.index));
      open.wordStarts.push(startMs - open.startMs);
      open.endMs = startMs + (word.length + EXTRA_LETTERS) * msPerLetter;
    }
  }
  close();
  return found;
}

/** Whether a text is parted from the one that follows it by a space. */
export function isSpaced(before: string, after: string): boolean {
  return before !== '' && !(UNSPACED.test(before.at(-1)!) && UNSPACED.test(after[0] ?? ''));
}

function toCue({ startMs, endMs, speaker, parts, wordStarts }: Phrase): Cue {
  const text = parts.join('').trimEnd();
  return { startMs, endMs: Math.max(startMs + 1, Math.round(endMs)), text, wordStarts, ...(speaker && { speaker }) };
}

/** Median time for a letter of a word. Half of all words are followed by no pause, whoever speaks. */
function paceOf(cues: readonly Cue[]): number {
  const paces = cues.flatMap(({ text, wordStarts: starts = [] }) =>
    (text.match(WORD) ?? [])
      .slice(0, -1)
      .map((word, i) => (starts[i + 1]! - starts[i]!) / (word.length + EXTRA_LETTERS)),
  );
  const known = paces.filter((pace) => pace > 0).sort((a, b) => a - b);
  return known[known.length >> 1] ?? 0;
}
