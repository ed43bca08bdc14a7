// Cues to utterances: sentence-like units with exact times. Cue borders fall where a line was full, not where a sentence
// ends; so the text of a turn is joined, cut into sentences, and each sentence's times are read off the cues it came
// from. Where there is no punctuation (automatic captions), cut-runs.ts finds the borders.
import type { Cue } from '../ingest/captions/cue.ts';
import { isSound } from '../ingest/captions/sounds.ts';
import { WORD } from '../ingest/captions/word-times.ts';
import { sentences } from '../text/sentences.ts';
import { clauseWordsOf } from './clause-words.ts';
import { type Piece, RunCutter } from './cut-runs.ts';
import { opensThought } from './discourse.ts';
import { isSpaced, toPhrases } from './phrases.ts';

export interface Utterance {
  /** As the captions have it: verbatim, cues joined by one space. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly speaker?: string;
  /** Silence before it; 0 at the start of the source. */
  readonly pauseMs: number;
  /** Cut out of a longer unpunctuated run: it may begin or end in the middle of a thought. */
  readonly isPiece?: true;
}

/** A silence this long ends an utterance, whatever the punctuation says. */
const TURN_PAUSE_MS = 5000;
/** Characters on either side of a possible cut that tell what it is worth. */
const NEAR = 40;

/** Sounds and stage directions on their own are left out. */
export function toUtterances(cues: readonly Cue[], lang?: string): Utterance[] {
  const found: Utterance[] = [];
  const spoken = toPhrases(cues.filter((cue) => !isSound(cue.text)));
  const cutter = new RunCutter(spoken, lang ?? 'en');
  for (const turn of turns(spoken)) {
    for (const sentence of sentences(turn.text).flatMap((one) => splitAtCapitals(turn.text, one, lang))) {
      const pieces = cutter.cut(turn, sentence);
      for (const piece of pieces) {
        const startMs = turn.timeAt(piece.start);
        const endMs = Math.max(startMs + 1, turn.timeAt(piece.end));
        const pauseMs = Math.max(0, startMs - (found.at(-1)?.endMs ?? startMs));
        const text = turn.text.slice(piece.start, piece.end);
        const speaker = turn.speaker === undefined ? {} : { speaker: turn.speaker };
        found.push({ text, startMs, endMs, pauseMs, ...speaker, ...(pieces.length > 1 && { isPiece: true }) });
      }
    }
  }
  return found;
}

/** Cues of one speaker without a long silence, as one text whose every character has a time. */
class Turn {
  readonly speaker: string | undefined;
  readonly #cues: { start: number; end: number; cue: Cue; words?: readonly number[] }[] = [];
  #parts: string[] = [];
  #length = 0;

  constructor(cue: Cue) {
    this.speaker = cue.speaker;
    this.append(cue);
  }

  append(cue: Cue): void {
    const spaced = isSpaced(this.#cues.at(-1)?.cue.text ?? '', cue.text);
    const start = this.#length + (spaced ? 1 : 0);
    this.#parts.push(spaced ? ` ${cue.text}` : cue.text);
    this.#length = start + cue.text.length;
    this.#cues.push({ start, end: this.#length, cue });
  }

  /** Joined when all cues are there: a day of captions without a silence is one turn, too long to be read at each of them. */
  get text(): string {
    if (this.#parts.length > 1) this.#parts = [this.#parts.join('')];
    return this.#parts[0]!;
  }

  get endMs(): number {
    return this.#cues.at(-1)!.cue.endMs;
  }

  /** Milliseconds at a character offset: where its word has a time that, otherwise interpolated inside its cue. */
  timeAt(offset: number): number {
    const at = this.#cues[this.#indexAt(offset)]!;
    const { start, end, cue } = at;
    const starts = cue.wordStarts;
    if (starts === undefined) {
      const share = Math.min(1, Math.max(0, (offset - start) / Math.max(1, end - start)));
      return Math.round(cue.startMs + share * (cue.endMs - cue.startMs));
    }
    const offsets = (at.words ??= [...cue.text.matchAll(WORD)].map(({ index }) => index));
    const word = lastUpTo(offset - start, offsets.length, (i) => offsets[i]!);
    const fromMs = starts[word]!;
    const toMs = starts[word + 1] ?? cue.endMs - cue.startMs;
    const length = (offsets[word + 1] ?? end - start) - offsets[word]!;
    const share = Math.min(1, Math.max(0, offset - start - offsets[word]!) / length);
    return Math.round(cue.startMs + fromMs + share * (toMs - fromMs));
  }

  /** Silence before a character if a cue begins there; undefined inside a cue. */
  gapBefore(offset: number): number | undefined {
    const index = this.#indexAt(offset);
    if (index === 0 || this.#cues[index]!.start !== offset) return undefined;
    return Math.max(0, this.#cues[index]!.cue.startMs - this.#cues[index - 1]!.cue.endMs);
  }

  /** The last cue that begins at or before the offset; an offset at a cue's end belongs to that cue. */
  #indexAt(offset: number): number {
    return lastUpTo(offset, this.#cues.length, (i) => this.#cues[i]!.start);
  }
}
/** The last of so many places that lies at or before the offset; the first where none does. */
function lastUpTo(offset: number, numPlaces: number, placeAt: (index: number) => number): number {
  let low = 0;
  let high = numPlaces - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (placeAt(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function turns(cues: readonly Cue[]): Turn[] {
  const found: Turn[] = [];
  for (const cue of cues) {
    const turn = found.at(-1);
    const continues = turn !== undefined && cue.speaker === turn.speaker && cue.startMs - turn.endMs < TURN_PAUSE_MS;
    if (continues) turn.append(cue);
    else found.push(new Turn(cue));
  }
  return found;
}

/** Recognisers that write capitals but no full stops: `going to work So one pixel` is two sentences. `I` has one wherever it stands. */
function splitAtCapitals(text: string, { start, end }: Piece, lang: string | undefined): Piece[] {
  const open = clauseWordsOf(lang ?? 'en')?.open;
  const pieces: Piece[] = [];
  let from = start;
  for (const match of text
    .slice(start, end)
    .matchAll(/(?<=[\p{Ll}\p{N}]{2,} +)(?=\p{Lu}\p{Ll}*(?!\p{L}))(?!I(?!\p{L}))/gu)) {
    const at = start + match.index;
    // No more than the word: the text since the last cut may be a day's, with thousands of capitals in it.
    const near = Math.max(from, at - NEAR);
    const previous = text.slice(near, at).trimEnd();
    if (opensThought(text.slice(at, at + NEAR), lang) === 0) continue;
    if (open?.has(/\S*$/.exec(previous)![0].toLowerCase()) === true) continue;
    pieces.push({ start: from, end: near + previous.length });
    from = at;
  }
  return [...pieces, { start: from, end }];
}
