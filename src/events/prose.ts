// A source's sentences in order with what is counted about them: the ground on which segmentation, key phrases and summaries
// work, whether the sentences were spoken or printed.
import { Breather } from './breather.ts';
import { PhraseIndex } from './key-phrases.ts';
import { countWords } from './sentence-quality.ts';
import { VocabularyBuilder, type Vocabulary } from './vocabulary.ts';

export interface Prose {
  readonly lang: string;
  /** [units] each sentence as a summary shows it; empty where nothing readable is in it. */
  readonly readable: readonly string[];
  /** [units] 0 to 1: how well it stands alone; 0 is never shown. */
  readonly quality: readonly number[];
  /** [units] words of the readable form. */
  readonly lengths: readonly number[];
  readonly vocabulary: Vocabulary;
  /** Counted when first asked for: a document with an outline may never need it. */
  readonly phrases: () => Promise<PhraseIndex>;
}

export interface ProseSentence {
  readonly readable: string;
  readonly quality: number;
}

/** `describe` makes unit `i` of `numUnits`; it is called once for each, in order. */
export async function prepareProse(
  numUnits: number,
  lang: string,
  describe: (unit: number) => ProseSentence,
): Promise<Prose> {
  const breather = new Breather();
  const builder = new VocabularyBuilder(lang);
  const readable: string[] = [];
  const quality: number[] = [];
  for (let i = 0; i < numUnits; i++) {
    const sentence = describe(i);
    readable.push(sentence.readable);
    quality.push(sentence.quality);
    builder.add(sentence.readable);
    await breather.breathe();
  }
  let phrases: Promise<PhraseIndex> | undefined;
  return {
    lang,
    readable,
    quality,
    lengths: readable.map(countWords),
    vocabulary: builder.vocabulary(),
    phrases: () => (phrases ??= indexPhrases(readable, lang)),
  };
}

async function indexPhrases(texts: readonly string[], lang: string): Promise<PhraseIndex> {
  const breather = new Breather();
  const index = new PhraseIndex(lang);
  for (const text of texts) {
    index.add(text);
    await breather.breathe();
  }
  return index;
}
