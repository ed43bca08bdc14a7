// Text to sentences with their offsets: UAX 29 does the cutting, and what it cuts wrongly is joined
// again: abbreviations, initials, enumerators. Line breaks inside a paragraph are wrapping and don't end a sentence; a
// blank line, a list item, a heading and a table row do.

import { latinSentenceEnds } from './latin-sentences.ts';

export interface Sentence {
  readonly text: string;
  /** Half-open character span in the text given; `text` is that span with line breaks as spaces. */
  readonly start: number;
  readonly end: number;
}

/** Lower-case, without the final full stop. Only words that rarely end a sentence. */
const ABBREVIATIONS = new Set(
  `e.g i.e cf vs al approx resp fig figs eq eqs sec ch chap vol no nos pp p ed eds dr mr mrs ms prof st jr sr inc ltd co corp dept est
  jan feb mar apr jun jul aug sep sept oct nov dec z.b d.h bzw nr usw abb kap vgl ca evtl ggf inkl max min bspw p.ex cap pág págs sr sra dra
  ej núm art op cit ibid m mme mlle`.split(/\s+/),
);
const LIST_ITEM = /^\s*(?:[-•‣▪●○◦*–—·]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/;
const ENUMERATOR = /^\s*\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivxIVX]{1,5})[.)]?\s*$/;
const TABLE_ROW = /\S {3,}\S+.* {3,}\S/;
/** German writes ordinals with a point: `am 1. Mai`, `im 19. Jahrhundert`. No other language has these words before a number. */
const ORDINAL = /(?<!\S)(?:am|im|der|die|das|den|dem|des|vom|zum|zur|beim|ab|bis|seit|jede[mnrs]?) \d{1,2}\.\s*$/iu;
const ENDS_OPEN = /[,;:\-–(]\s*$/;
const BEGINS = /^\s*["'“(]?[\p{Lu}\p{N}]/u;
const WIDE_GAP = /\S {3,}\S/;
/** Characters that the widest line of a slide's points has at most. */
const NARROW = 60;
/** Of its lines, begin as points do. */
const POINTS_SHARE = 0.75;
/** Articles, prepositions, conjunctions: what follows belongs to them. */
const ENDS_ON_SMALL_WORD = new RegExp(
  `(?<!\\S)(?:${`a an the of and or to in on at by for from with as der die das den dem des ein eine und oder von vom zu zum zur im am an auf
  mit für bei le la les un une des du de et ou à au en el los las y o con por para del il lo gli di da del e per che os do em`
    .split(/\s+/)
    .join('|')})\\s*$`,
  'iu',
);
const ENDS_SENTENCE = /[.!?…。！？।؟]["'”’)\]]*\s*$/;

let segmenter: Intl.Segmenter | undefined;

export function sentences(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const block of blocks(text)) {
    let open = 0;
    for (const end of latinSentenceEnds(block.text) ?? segmentEnds(block.text)) {
      if (end < block.text.length && continues(block.text.slice(open, end), block.text.slice(end, end + 40))) continue;
      pushSentence(found, block.text.slice(open, end), block.start + open);
      open = end;
    }
  }
  return found;
}

function segmentEnds(text: string): number[] {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  return Array.from(segmenter.segment(text), ({ segment, index }) => index + segment.length);
}

/** Whether the text that follows belongs to the same sentence although UAX 29 sees an end. */
function continues(soFar: string, next: string): boolean {
  if (ENUMERATOR.test(soFar) || ORDINAL.test(soFar)) return true;
  const lastWord = /(\S+?)[.]["'”’)\]]*\s*$/.exec(soFar)?.[1]?.replace(/^[("'“‘[]+/, '');
  if (lastWord === undefined) return false;
  // An initial ("J. Smith"); a sentence may end in "vitamin C.", so only after a capitalised word or at the start.
  if (/^\p{Lu}$/u.test(lastWord)) return /(?:^|\p{Lu}[\p{L}.]*\s+)\p{Lu}\.\s*$/u.test(soFar);
  const word = lastWord.toLowerCase();
  // "no." and "fig." abbreviate only before a number; as words they end sentences.
  if (/^(?:no|nr|fig|figs|max|min|art|p|m|ch|sec|mar|co|est)$/.test(word)) return /^\p{N}/u.test(next.trimStart());
  return ABBREVIATIONS.has(word);
}

function pushSentence(found: Sentence[], raw: string, start: number): void {
  const lead = raw.length - raw.trimStart().length;
  const text = raw.trim();
  if (text !== '') found.push({ text, start: start + lead, end: start + lead + text.length });
}

/** Stretches that no sentence crosses; inside one, every line break is replaced by one space, so that offsets hold. */
function blocks(text: string): { text: string; start: number }[] {
  const lines = splitLines(text);
  const widest = lines.reduce((most, line) => Math.max(most, line.text.trimEnd().length), 0);
  const isOfPoints = widest < NARROW && isListOfPoints(lines);
  const found: { text: string; start: number }[] = [];
  let open: { text: string; start: number } | undefined;
  let previous = '';
  for (const line of lines) {
    const blank = line.text.trim() === '';
    if (open !== undefined && (blank || endsBlock(previous, line.text, widest, isOfPoints))) {
      found.push(open);
      open = undefined;
    }
    if (!blank) {
      if (open === undefined) open = { text: line.text, start: line.start };
      else open.text += ' '.repeat(line.start - open.start - open.text.length) + line.text;
      previous = line.text;
    }
  }
  if (open !== undefined) found.push(open);
  return found;
}

function endsBlock(line: string, next: string, widest: number, isOfPoints: boolean): boolean {
  if (LIST_ITEM.test(next) || TABLE_ROW.test(line) || TABLE_ROW.test(next)) return true;
  if (ENDS_OPEN.test(line) || ENDS_SENTENCE.test(line)) return false;
  // A line well short of the text's width that the next line does not continue: a heading, a label, a slide's bullet.
  const isShort = line.trimEnd().length < 0.6 * widest;
  return (isShort || (isOfPoints && !ENDS_ON_SMALL_WORD.test(line))) && BEGINS.test(next);
}

/** A slide's: hardly a line goes on with a word in small letters, as the lines of a narrow column do, and none is a row of a table. */
function isListOfPoints(lines: readonly { readonly text: string }[]): boolean {
  const written = lines.filter(({ text }) => text.trim() !== '');
  const numBegun = written.filter(({ text }) => BEGINS.test(text)).length;
  return numBegun >= POINTS_SHARE * written.length && !written.some(({ text }) => WIDE_GAP.test(text));
}

function splitLines(text: string): { text: string; start: number }[] {
  const lines: { text: string; start: number }[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|[\n\r\u2028\u2029\f\v]/g)) {
    lines.push({ text: text.slice(start, match.index), start });
    start = match.index + match[0].length;
  }
  lines.push({ text: text.slice(start), start });
  return lines;
}
