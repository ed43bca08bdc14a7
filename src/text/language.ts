// Which language a text is written in, by the share of function words and, where those don't settle it, tinyld's
// n-gram profiles. Function words alone decide long texts better: they don't drift with names and technical terms.
import { createRequire } from 'node:module';
import { isStopWord, stopWordLanguages } from './stop-words.ts';

export interface DetectedLanguage {
  /** BCP 47 primary subtag. */
  readonly lang: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** A language whose function words are this share of all words, and this many times those of any other, is settled. */
const SURE_SHARE = 0.25;
const SURE_RATIO = 1.4;
/** Otherwise: tinyld's accuracy plus this much for each unit of function-word share; below the minimum we would be guessing. */
const STOP_WORD_WEIGHT = 0.6;
const MIN_CONFIDENCE = 0.2;
/** Enough text to be sure, taken from the start, middle and end, so that an English title page doesn't decide for a book. */
const SAMPLE_CHARACTERS = 1500;
/** Fewer letters than this are names and fragments; scripts used by one language need fewer (below). */
const MIN_LETTERS = 16;

/** Written with accents in every sentence: a text of bare letters is in none of them, though its names may look like it. */
const ACCENTED = ['vi', 'cs', 'sk', 'hu', 'is', 'lv', 'lt'];

const require = createRequire(import.meta.url);
let tinyld: { detectAll(text: string): { lang: string; accuracy: number }[] } | undefined;

/** undefined for too little text, or for text that reads like no language (names, code, numbers). */
export function detectLanguage(text: string): DetectedLanguage | undefined {
  const sample = sampleOf(text);
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  const ideographs =
    sample.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0;
  if (letters < MIN_LETTERS && ideographs < 4) return undefined;
  const shares = stopWordShares(sample);
  const settled = settledBy(shares);
  if (settled !== undefined) return settled;
  const scores = profileScores(sample);
  if (!/(?![a-z])\p{L}/iu.test(sample)) for (const lang of ACCENTED) scores.delete(lang);
  // Klingon, which the profiles see in lists of abbreviations.
  scores.delete('tlh');
  for (const { lang, share } of shares) scores.set(lang, (scores.get(lang) ?? 0) + STOP_WORD_WEIGHT * share);
  const best = [...scores].reduce((a, b) => (b[1] > a[1] ? b : a));
  return best[1] < MIN_CONFIDENCE ? undefined : { lang: best[0], confidence: Math.min(1, best[1]) };
}

/** The same where function words alone tell; undefined where it would take more. */
export function detectByFunctionWords(text: string): DetectedLanguage | undefined {
  return settledBy(stopWordShares(sampleOf(text)));
}

/** Which of some languages even a few words look most like; undefined where they look like none of them. */
export function likeliestOf(languages: readonly string[], text: string): string | undefined {
  const scores = profileScores(text);
  const [best] = languages.filter((lang) => scores.has(lang)).sort((a, b) => scores.get(b)! - scores.get(a)!);
  return best;
}

function profileScores(text: string): Map<string, number> {
  // 590 KB of profiles: loaded when a text needs them, not at start-up.
  tinyld ??= require('tinyld') as NonNullable<typeof tinyld>;
  return new Map(tinyld.detectAll(text).map(({ lang, accuracy }) => [lang, accuracy]));
}

function settledBy([first, second]: readonly { lang: string; share: number }[]): DetectedLanguage | undefined {
  const isSettled = first && second && first.share >= SURE_SHARE && first.share >= SURE_RATIO * second.share;
  return isSettled ? { lang: first.lang, confidence: Math.min(1, 0.5 + first.share) } : undefined;
}

/** Share of the words that are function words, for every language with a list, largest first. */
function stopWordShares(text: string): { lang: string; share: number }[] {
  const words = text.toLowerCase().match(/[\p{L}\p{M}']+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const shareOf = (lang: string): number => {
    let numFound = 0;
    for (const [word, count] of counts) if (isStopWord(word, lang)) numFound += count;
    return numFound / Math.max(1, words.length);
  };
  return stopWordLanguages()
    .map((lang) => ({ lang, share: shareOf(lang) }))
    .sort((a, b) => b.share - a.share);
}

function sampleOf(text: string): string {
  if (text.length <= 3 * SAMPLE_CHARACTERS) return text;
  const middle = Math.floor((text.length - SAMPLE_CHARACTERS) / 2);
  return [0, middle, text.length - SAMPLE_CHARACTERS]
    .map((start) => text.slice(start, start + SAMPLE_CHARACTERS))
    .join(' ');
}
