// Whether a page's own text can be trusted, or its picture has to be read instead.
import type { Page } from './page.ts';
import type { PageDraft } from './page-draft.ts';

/** A picture over this share of the page, with little text beside it, is a scan. */
const SCAN_COVER = 0.5;
const FEW_CHARS = 150;
/** A text layer with more characters without a mapping than this share is garbage. */
const MAX_GARBAGE = 0.3;
/** Fewer tokens than this share that look like words or numbers: the font's mapping is wrong. */
const MIN_PLAUSIBLE = 0.3;

export function needsOcr({ numChars, numGarbage, imageCover, hasInk, text, failure }: PageDraft): boolean {
  if (failure !== undefined || !hasInk) return false;
  if (numChars === 0 || numGarbage > MAX_GARBAGE * numChars) return true;
  if (numChars < FEW_CHARS && imageCover > SCAN_COVER) return true;
  return !isPlausibleText(text);
}

/** What OCR saw, or the page's own text where that is more and reads as language. */
export function keepBetter(own: PageDraft, seen: PageDraft): { draft: PageDraft; textSource: Page['textSource'] } {
  const worth = ({ text, numChars, numGarbage }: PageDraft) =>
    plausibility(text) * Math.max(0, numChars - 2 * numGarbage);
  if (seen.text !== '' && worth(seen) > worth(own)) return { draft: { ...seen, links: own.links }, textSource: 'ocr' };
  // Garbage is worse than nothing: it would be found, quoted and believed.
  if (!isPlausibleText(own.text)) return { draft: { ...own, text: '', candidates: [], sizes: [] }, textSource: 'none' };
  return { draft: own, textSource: own.text === '' ? 'none' : 'text' };
}

function isPlausibleText(text: string): boolean {
  return plausibility(text, MIN_PLAUSIBLE) >= MIN_PLAUSIBLE;
}

/**
 * Share of the characters that stand in words or numbers, 0 to 1; scripts without spaces count as words. Marks that stand
 * alone say nothing: a table of contents is half dotted leaders, and its words are fine. Read only as far as it takes to know
 * that the share is `enough`; it is `enough` then.
 */
function plausibility(text: string, enough = Infinity): number {
  let total = 0;
  let plausible = 0;
  for (const [token] of text.matchAll(/\S+/g)) {
    const verdict = judge(token);
    if (verdict === 'no word') continue;
    total += token.length;
    if (verdict === 'plausible') plausible += token.length;
    if (plausible > enough * text.length) return enough;
  }
  return total === 0 ? 0 : plausible / total;
}

type Verdict = 'no word' | 'plausible' | 'implausible';

/** A manual repeats its words: nine of ten tokens have been judged before. */
const verdicts = new Map<string, Verdict>();
const VERDICTS_LIMIT = 50_000;

function judge(token: string): Verdict {
  let verdict = verdicts.get(token);
  if (verdict === undefined) {
    const isWord = /[\p{L}\p{N}\p{Co}\ufffd]/u.test(token);
    verdict = !isWord ? 'no word' : isPlausible(token) ? 'plausible' : 'implausible';
    if (verdicts.size >= VERDICTS_LIMIT) verdicts.clear();
    verdicts.set(token, verdict);
  }
  return verdict;
}

function isPlausible(token: string): boolean {
  const core = token.replace(/^[\p{P}\p{S}]+|[\p{P}\p{S}]+$/gu, '');
  // Scripts without spaces make one token of a sentence, its punctuation inside.
  const numForeign = token.match(/[\p{L}\p{M}]/gu)?.filter((letter) => !/\p{Script=Latin}/u.test(letter)).length ?? 0;
  if (2 * numForeign > token.length) return true;
  // A number may stand in brackets or behind a currency; among more marks than that it is a letter gone wrong.
  if (3 * core.length < token.length) return false;
  if (/^[\d.,:/%()+–—-]+$/.test(core)) return true;
  if (!/^[\p{L}\p{M}\p{N}'’._/@:=+-]+$/u.test(core)) return false;
  const letters = core.match(/\p{L}/gu)?.length ?? 0;
  if (letters < 0.5 * core.length) return false;
  // Words in Latin letters have vowels; other scripts may not write them.
  return !/^[a-z]{4,}$/i.test(core) || /[aeiouy]/i.test(core);
}
