// The language that somebody asks in, of those that the sources are in. It says which words of the query are grammar, and which
// other spellings and synonyms they may have; what the words are stemmed to, each source's own language says.
import { likeliestOf } from '../text/language.ts';
import { languageOfWord } from '../text/stem.ts';
import { isStopWord, stopWordLanguages } from '../text/stop-words.ts';

/**
 * Function words that are words of content in another language: one of them alone tells nothing. German war, weg, and man;
 * French sons, dent, and tout; Spanish come, era, and red.
 */
const AMBIGUOUS: ReadonlySet<string> = new Set(
  `am an as bin but come con dame den dent dies era fin fort gab gang gar han hat her hier hin in is mal man me met mine mis most not
   of on once op over pour sans sans see sera sin so soma son sons sur tan te tout um via war was weg will wind`.split(
    /\s+/,
  ),
);

/** `languages`: of the sources, none twice. English where nothing tells, or what would tell isn't known of the language. */
export function languageOfQuery(words: readonly string[], languages: readonly string[]): string {
  const known = new Set(stopWordLanguages());
  const possible = languages.filter(
    (lang) => known.has(lang) && words.some((word) => languageOfWord(word, lang) === lang),
  );
  if (possible.length <= 1) return possible[0] ?? 'en';
  const counted = possible
    .map((lang) => {
      const found = words.filter((word) => isStopWord(word, lang));
      return { lang, count: found.length, isTold: found.some((word) => !AMBIGUOUS.has(word)) };
    })
    .sort((a, b) => b.count - a.count);
  const [first, second] = counted;
  const unclear = possible.includes('en') ? 'en' : possible[0]!;
  if (!first!.isTold && first!.count <= 1) return unclear;
  if (first!.count > second!.count) return first!.lang;
  const tied = counted.filter(({ count }) => count === first!.count).map(({ lang }) => lang);
  return tied.includes('en') ? 'en' : (likeliestOf(tied, words.join(' ')) ?? unclear);
}
