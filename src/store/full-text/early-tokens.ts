// Tokens of texts that a source will hold, made while the rest of it is still being read: saving it then finds them ready.
import { primaryLanguage } from '../../text/stem.ts';
import { tokenizePassage, type TokenizedText } from './tokens.ts';

/** Of more texts the oldest are forgotten, which nobody came for: a page's tokens take some 20 kB. */
const MAX_TEXTS = 1000;

const early = new Map<string, { readonly language: string; readonly tokens: TokenizedText }>();

export function tokenizeEarly(text: string, lang: string | null): void {
  if (early.size >= MAX_TEXTS) early.delete(early.keys().next().value!);
  early.set(text, { language: primaryLanguage(lang ?? ''), tokens: tokenizePassage(text, lang) });
}

/** Those of a passage's text, once: what was made early, if it was made for that language. */
export function takeTokens(text: string, lang: string | null): TokenizedText {
  const found = early.get(text);
  early.delete(text);
  return found?.language === primaryLanguage(lang ?? '') ? found.tokens : tokenizePassage(text, lang);
}
