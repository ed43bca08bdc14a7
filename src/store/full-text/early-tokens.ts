// Tokens of texts that a source will hold, made while the rest of it is still being read: saving it then finds them ready.
import { primaryLanguage } from '../../text/stem.ts';
import { readPassage, readWords, type PlaceTerms } from './tokens.ts';

/** Of more texts the oldest are forgotten, which nobody came for: a page's take some 4 kB. */
const MAX_TEXTS = 1000;

const early = new Map<string, { readonly language: string; readonly places: readonly PlaceTerms[] }>();

/** `words` are those of the text as `latinWords` cuts them, where somebody has done so. */
export function tokenizeEarly(text: string, lang: string | null, words?: readonly string[]): void {
  if (early.size >= MAX_TEXTS) early.delete(early.keys().next().value!);
  const places = words === undefined ? readPassage(text, lang) : readWords(words, lang);
  early.set(text, { language: primaryLanguage(lang ?? ''), places });
}

/** Those of a passage's text, once: what was made early, if it was made for that language. */
export function takeTokens(text: string, lang: string | null): readonly PlaceTerms[] {
  const found = early.get(text);
  early.delete(text);
  return found?.language === primaryLanguage(lang ?? '') ? found.places : readPassage(text, lang);
}
