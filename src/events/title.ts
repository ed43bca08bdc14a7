// A title for a stretch of text from its key phrases, or from its best sentence where no phrase stands out.
import { capitalize, type KeyPhrase, type PhraseIndex } from './key-phrases.ts';

/** A second phrase joins the title if it scores at least this share of the first; of one that is a single word, which seldom says enough. */
const SECOND_SHARE = 0.6;
const BESIDE_WORD_SHARE = 0.4;
/** And goes before a phrase that leads another title if it scores this share of it. */
const FRESH_SHARE = 0.5;
const MAX_FALLBACK_CHARACTERS = 60;

/**
 * `taken` holds titles in use already: the first phrase that differs from them leads. `leads`: phrases with which others begin,
 * behind which this one would say nothing new.
 */
export function titleFromPhrases(
  index: PhraseIndex,
  first: number,
  end: number,
  taken: ReadonlySet<string>,
  leads: ReadonlySet<string> = new Set(),
): string {
  const best = index.phrasesOf(first, end, 5);
  const isFresh = ({ text, score }: KeyPhrase) => !leads.has(capitalize(text)) && score >= FRESH_SHARE * best[0]!.score;
  const phrases = [...best.filter(isFresh), ...best.filter((phrase) => !isFresh(phrase))];
  for (const [i, phrase] of phrases.entries()) {
    const title = capitalize(joinPhrases(phrase, phrases[i + 1]));
    if (!taken.has(title)) return title;
  }
  return phrases[0] === undefined ? '' : capitalize(phrases.map((phrase) => phrase.text).join(', '));
}

/** The beginning of a sentence, cut at a word: for stretches too short to have a phrase. */
export function titleFromSentence(sentence: string): string {
  const text = sentence.replace(/\s+/g, ' ').replace(/[.。।]\s*$/, '');
  if (text.length <= MAX_FALLBACK_CHARACTERS) return text;
  const cut = text.slice(0, MAX_FALLBACK_CHARACTERS);
  return `${(/\s/.test(cut) ? cut.replace(/\s+\S*$/, '') : cut).replace(/[,;:\s]+$/, '')}…`;
}

function joinPhrases(first: KeyPhrase, second: KeyPhrase | undefined): string {
  const share = first.stems.length === 1 ? BESIDE_WORD_SHARE : SECOND_SHARE;
  if (second === undefined || second.score < share * first.score || second.count < 2) return first.text;
  return `${first.text}, ${second.text}`;
}
