// The terms that a source keeps using, in its own spelling: what a summary in another language must not translate.
import type { Event } from '../events/event.ts';
import { PhraseIndex } from '../events/key-phrases.ts';

const MAX_TERMS = 16;
/** Each part of the source names some: a term of the last chapter counts as much as one that runs through all. */
const NUM_PARTS = 4;

/** `lang`: of the source. Most telling first. */
export function termsOf(events: readonly Event[], lang: string): string[] {
  const index = new PhraseIndex(lang);
  for (const { title, summary } of events) index.add(`${title}. ${summary}`);
  const size = Math.max(1, Math.ceil(events.length / NUM_PARTS));
  const terms = new Map<string, { readonly text: string; readonly score: number }>();
  for (let first = 0; first < events.length; first += size) {
    for (const phrase of index.phrasesOf(first, Math.min(events.length, first + size), MAX_TERMS)) {
      const key = phrase.text.toLowerCase();
      // Said once, it is no term.
      if (phrase.total > 1 && phrase.score > (terms.get(key)?.score ?? 0)) terms.set(key, phrase);
    }
  }
  const best = [...terms.values()].sort((a, b) => b.score - a.score);
  return best.slice(0, MAX_TERMS).map(({ text }) => text);
}
