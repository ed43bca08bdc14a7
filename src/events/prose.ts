// A source's sentences in order with what is counted about them: the ground on which segmentation, key phrases and summaries
// work, whether the sentences were spoken or printed.
import { Breather } from './breather.ts';
import { PhraseIndex } from './key-phrases.ts';
import { countWords } from './sentence-quality.ts';
import { SourceWords, type ReadText } from './source-words.ts';
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

/** Takes the units of a source in one by one; its phrases at once where `phrases` says that they will be asked for. */
export class ProseBuilder {
  readonly lang: string;
  /** [units] may still be lowered. */
  readonly quality: number[] = [];
  readonly #readable: string[] = [];
  readonly #lengths: number[] = [];
  readonly #words: SourceWords;
  readonly #vocabulary: VocabularyBuilder;
  readonly #phrases: PhraseIndex | undefined;

  constructor(lang: string, { phrases = false }: { readonly phrases?: boolean } = {}) {
    this.lang = lang;
    this.#words = new SourceWords(lang);
    this.#vocabulary = new VocabularyBuilder(lang, this.#words);
    this.#phrases = phrases ? new PhraseIndex(lang, this.#words) : undefined;
  }

  /** Gives its words. */
  add({ readable, quality }: ProseSentence): ReadText {
    this.#readable.push(readable);
    this.quality.push(quality);
    this.#lengths.push(countWords(readable));
    const read = this.#words.read(readable);
    this.#vocabulary.add(readable, read);
    this.#phrases?.add(readable, read);
    return read;
  }

  prose(): Prose {
    const { lang, quality } = this;
    const readable = this.#readable;
    const words = this.#words;
    let phrases = this.#phrases && Promise.resolve(this.#phrases);
    return {
      lang,
      readable,
      quality,
      lengths: this.#lengths,
      vocabulary: this.#vocabulary.vocabulary(),
      phrases: () => (phrases ??= indexPhrases(readable, lang, words)),
    };
  }
}

/** `describe` makes unit `i` of `numUnits`; it is called once for each, in order. */
export async function prepareProse(
  numUnits: number,
  lang: string,
  describe: (unit: number) => ProseSentence,
): Promise<Prose> {
  const breather = new Breather();
  const builder = new ProseBuilder(lang);
  for (let i = 0; i < numUnits; i++) {
    builder.add(describe(i));
    await breather.breathe();
  }
  return builder.prose();
}

async function indexPhrases(texts: readonly string[], lang: string, words: SourceWords): Promise<PhraseIndex> {
  const breather = new Breather();
  const index = new PhraseIndex(lang, words);
  for (const text of texts) {
    index.add(text);
    await breather.breathe();
  }
  return index;
}
