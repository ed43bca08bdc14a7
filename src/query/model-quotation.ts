// What a model says that a passage says, found again: at the lines it stands in; in the passage that it really stands in, where the
// number was mistaken; as the sentence that was meant, where a word was. What stands nowhere stays as written, to be marked.
import { nearestSentence } from '../text/nearest-sentence.ts';
import { foldText, locateQuote } from '../text/quotes.ts';
import { sentences } from '../text/sentences.ts';
import type { Quotation } from './citations.ts';
import type { NumberedEvidence } from './model-evidence.ts';

/** A shorter quote may stand anywhere by chance. */
const MIN_WORDS = 4;

/** Without a quote the sentence of the passage that shares most words with the answer. `evidence`: all that the model was shown. */
export function quotationOf(
  passage: NumberedEvidence,
  quote: string | undefined,
  answer: string,
  evidence: readonly NumberedEvidence[],
): Quotation {
  if (quote === undefined) return nearestTo(answer, passage);
  const found = locate(quote, passage) ?? elsewhere(quote, passage, evidence);
  if (found) return found;
  const meant = nearestSentence(passage.lines.map(({ text }) => text).join(' '), quote);
  const corrected = meant && locate(meant.text, passage);
  const { startMs, endMs, pageIndex, pageLabel } = passage.hit;
  return corrected ?? { hit: passage.hit, startMs, endMs, pageIndex, pageLabel, quote };
}

function locate(quote: string, { hit, lines }: NumberedEvidence): Quotation | undefined {
  const joined = lines.map(({ text }) => text).join(' ');
  const found = locateQuote(quote, foldText(joined));
  if (found === undefined) return undefined;
  let at = 0;
  const touched = lines.filter(({ text }) => {
    const from = at;
    at += text.length + 1;
    return from < found.end && from + text.length > found.start;
  });
  const place = { startMs: touched[0]!.startMs, endMs: touched.at(-1)!.endMs };
  const { pageIndex, pageLabel } = hit;
  return { hit, ...place, pageIndex, pageLabel, quote: plain(joined.slice(found.start, found.end)) };
}

/** The nearest passage first: a model is off by a page rather than by a hundred. */
function elsewhere(
  quote: string,
  passage: NumberedEvidence,
  evidence: readonly NumberedEvidence[],
): Quotation | undefined {
  const words = wordsOf(quote);
  if (words.length < MIN_WORDS) return undefined;
  // Folding hundreds of pages takes its time: only those that hold the quote's longest word.
  const longest = words.reduce((a, b) => (b.length > a.length ? b : a));
  return evidence
    .filter((one) => one !== passage && one.lines.some(({ text }) => text.toLowerCase().includes(longest)))
    .sort((a, b) => Math.abs(a.number - passage.number) - Math.abs(b.number - passage.number))
    .map((one) => locate(quote, one))
    .find((found) => found !== undefined);
}

function nearestTo(answer: string, { hit, lines }: NumberedEvidence): Quotation {
  const words = new Set(wordsOf(answer));
  const candidates = lines.flatMap((line) => sentences(line.text).map(({ text }) => ({ ...line, text: plain(text) })));
  const shared = (text: string) => wordsOf(text).filter((word) => words.has(word)).length;
  const best = candidates.reduce((a, b) => (shared(b.text) > shared(a.text) ? b : a), candidates[0] ?? lines[0]!);
  const { pageIndex, pageLabel } = hit;
  return { hit, startMs: best.startMs, endMs: best.endMs, pageIndex, pageLabel, quote: best.text };
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}
