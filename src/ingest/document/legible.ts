// Whether a text reads as words and numbers, in whatever language, or as what a wrong mapping of a font makes of them.

/** Fewer tokens than this share that look like words or numbers: the font's mapping is wrong. */
const MIN_PLAUSIBLE = 0.3;

export function isLegible(text: string): boolean {
  return plausibility(text, MIN_PLAUSIBLE) >= MIN_PLAUSIBLE;
}

/**
 * Share of the characters that stand in words or numbers, 0 to 1; scripts without spaces count as words. Marks that stand
 * alone say nothing: a table of contents is half dotted leaders, and its words are fine. Read only as far as it takes to know
 * that the share is `enough`; it is `enough` then.
 */
export function plausibility(text: string, enough = Infinity): number {
  let total = 0;
  let plausible = 0;
  for (const line of text.split('\n')) {
    for (const token of line.match(/\S+/g) ?? []) {
      const verdict = PLAIN_WORD.test(token) ? 'plausible' : judge(token);
      if (verdict === 'no word') continue;
      total += token.length;
      if (verdict === 'plausible') plausible += token.length;
    }
    if (plausible > enough * text.length) return enough;
  }
  return total === 0 ? 0 : plausible / total;
}

/** Of Latin letters with a vowel among them: most of most pages, told sooner than looked up. */
const PLAIN_WORD = /^[a-z]*[aeiouy][a-z]*[.,:;]?$/i;

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
