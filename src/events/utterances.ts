// Cues to utterances: sentence-like units with exact times. Cue borders fall where a line was full, not where a sentence
// ends; so the text of a turn is joined, cut into sentences, and each sentence's times are read off the cues it came
// from. Where there is no punctuation (automatic captions), long runs are cut at pauses, cue borders and words that open
// a thought, to lengths that read as sentences.
import type { Cue } from '../ingest/captions/cue.ts';
import { isSound } from '../ingest/captions/sounds.ts';
import { sentences } from '../text/sentences.ts';
import { opensThought } from './discourse.ts';

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
/** A sentence longer than this is taken for unpunctuated speech. */
const MAX_WORDS = 42;
const IDEAL_WORDS = 17;
/** Characters on either side of a possible cut that tell what it is worth. */
const NEAR = 40;
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、。，！？]/u;
/** Chinese and Japanese characters that take the place of one word. */
const CHARACTERS_PER_WORD = 2;

/** Sounds and stage directions on their own are left out. */
export function toUtterances(cues: readonly Cue[], lang?: string): Utterance[] {
  const found: Utterance[] = [];
  for (const turn of turns(cues.filter((cue) => !isSound(cue.text)))) {
    for (const sentence of sentences(turn.text).flatMap((one) => splitAtCapitals(turn.text, one, lang))) {
      const pieces = splitLong(turn, sentence.start, sentence.end, lang);
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
  readonly #cues: { start: number; end: number; cue: Cue }[] = [];
  #parts: string[] = [];
  #length = 0;

  constructor(cue: Cue) {
    this.speaker = cue.speaker;
    this.append(cue);
  }

  append(cue: Cue): void {
    const last = this.#cues.at(-1)?.cue.text.at(-1) ?? '';
    const isSpaced = this.#length > 0 && !(UNSPACED.test(last) && UNSPACED.test(cue.text[0] ?? ''));
    const start = this.#length + (isSpaced ? 1 : 0);
    this.#parts.push(isSpaced ? ` ${cue.text}` : cue.text);
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

  /** Milliseconds at a character offset, interpolated inside its cue. */
  timeAt(offset: number): number {
    const { start, end, cue } = this.#cues[this.#indexAt(offset)]!;
    const share = Math.min(1, Math.max(0, (offset - start) / Math.max(1, end - start)));
    return Math.round(cue.startMs + share * (cue.endMs - cue.startMs));
  }

  /** Silence before a character if a cue begins there; undefined inside a cue. */
  gapBefore(offset: number): number | undefined {
    const index = this.#indexAt(offset);
    if (index === 0 || this.#cues[index]!.start !== offset) return undefined;
    return Math.max(0, this.#cues[index]!.cue.startMs - this.#cues[index - 1]!.cue.endMs);
  }

  /** The last cue that begins at or before the offset; an offset at a cue's end belongs to that cue. */
  #indexAt(offset: number): number {
    let low = 0;
    let high = this.#cues.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#cues[middle]!.start <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
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

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Recognisers that write capitals but no full stops: `going to work So one pixel` is two sentences. */
function splitAtCapitals(text: string, { start, end }: Piece, lang: string | undefined): Piece[] {
  const pieces: Piece[] = [];
  let from = start;
  for (const match of text.slice(start, end).matchAll(/(?<=[\p{Ll}\p{N}]{2,} +)(?=\p{Lu}\p{Ll}*(?!\p{L}))/gu)) {
    const at = start + match.index;
    // No more than the word: the text since the last cut may be a day's, with thousands of capitals in it.
    const near = Math.max(from, at - NEAR);
    const previous = text.slice(near, at).trimEnd();
    if (endsOpen(/\S*$/.exec(previous)![0]) || opensThought(text.slice(at, at + NEAR), lang) === 0) continue;
    pieces.push({ start: from, end: near + previous.length });
    from = at;
  }
  return [...pieces, { start: from, end }];
}

/** A sentence as it is, or cut where it costs least: cuts earn by pause and opening word, pieces cost by odd length. */
function splitLong(turn: Turn, start: number, end: number, lang: string | undefined): Piece[] {
  const words = wordsOf(turn.text, start, end);
  if (words.length <= MAX_WORDS) return [{ start, end }];
  // best[i]: lowest cost of words[0..i) in whole pieces; from[i]: where the last of them starts.
  const best = new Float64Array(words.length + 1).fill(Infinity);
  const from = new Int32Array(words.length + 1);
  best[0] = 0;
  for (let i = 1; i <= words.length; i++) {
    const earned = i === words.length ? 0 : cutWorth(turn, words, i, lang);
    for (let j = Math.max(0, i - 2 * MAX_WORDS); j < i; j++) {
      const cost = best[j]! + lengthCost(i - j) - earned;
      if (cost < best[i]!) {
        best[i] = cost;
        from[i] = j;
      }
    }
  }
  const pieces: Piece[] = [];
  for (let i = words.length; i > 0; i = from[i]!)
    pieces.push({ start: words[from[i]!]!.start, end: words[i - 1]!.end });
  return pieces.reverse();
}

/** 0 at the ideal length, growing with the ratio to it: 9 words cost as much as 34. */
function lengthCost(numWords: number): number {
  return 2.2 * Math.log(numWords / IDEAL_WORDS) ** 2;
}

function cutWorth(turn: Turn, words: readonly Piece[], at: number, lang: string | undefined): number {
  const { start } = words[at]!;
  const gapMs = turn.gapBefore(start);
  const next = turn.text.slice(start, start + NEAR);
  const previous = turn.text.slice(words[at - 1]!.start, words[at - 1]!.end);
  let worth = 0;
  if (gapMs !== undefined) worth += 0.3 + Math.min(1.2, gapMs / 1200);
  const opening = opensThought(next, lang);
  if (opening > 0) worth += opening;
  // A capital inside unpunctuated text, after a lower-case word, often begins what the recogniser took for a sentence.
  if (/^\p{Lu}\p{Ll}/u.test(next) && gapMs !== undefined) worth += 0.3;
  if (/[,;:]$/.test(previous)) worth += 0.4;
  if (/[.!?。！？]$/.test(previous)) worth += 1.5;
  // "the | gradient" is never a border, "gradient | of" hardly ever.
  if (endsOpen(previous)) worth -= 1.5;
  if (
    /^(?:of|than|by|with|from|into|as|which|that|to|on|at|for|are|is|was|were|des|vom|zum|du|que|qui|del)\b/i.test(next)
  )
    worth -= 0.8;
  return worth;
}

function endsOpen(word: string): boolean {
  return /^(?:a|an|the|of|to|in|on|at|for|with|by|from|and|or|but|so|that|is|are|was|were|be|this|these|my|your|our|their|its|if|as|der|die|das|ein|eine|und|oder|zu|le|la|les|un|une|de|des|du|et|ou|el|los|las|una|y|o|en)$/i.test(
    word,
  );
}

function wordsOf(text: string, start: number, end: number): Piece[] {
  const pattern = UNSPACED.test(text.slice(start, start + 20))
    ? new RegExp(`[^\\s]{1,${CHARACTERS_PER_WORD}}`, 'gu')
    : /\S+/gu;
  return [...text.slice(start, end).matchAll(pattern)].map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}
