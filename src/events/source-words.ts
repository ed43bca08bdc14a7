// The words of one source. A manual writes some eight thousand words, and writes them a hundred and thirty thousand times: what
// vocabulary and phrases ask about a word is found out where it is first met, and every sentence is a list of what was found.
import { latinWords } from '../text/latin-words.ts';
import { primaryLanguage } from '../text/stem.ts';
import { readForm, stemWord, terms, type KnownForm } from '../text/terms.ts';
import { isWeakWord } from './weak-words.ts';

/** A word as it is written, capitals and elided article included. */
export interface SourceWord {
  /** One string for all times it is written; in lower case where the text was normalised. */
  readonly written: string;
  /** Number of its stem among the source's, from 0 on in the order in which they are met; NO_TERM for a function word. */
  readonly term: number;
  readonly isStop: boolean;
  /** Names no topic by itself. */
  readonly isWeak: boolean;
  /** Has letters enough to end a phrase. */
  readonly isNameable: boolean;
  readonly isNumber: boolean;
  /** What it tells of the word behind it: nouns follow articles, verbs follow subjects and auxiliaries. */
  readonly role: 'article' | 'subject' | undefined;
  /** Characters of the elided article. */
  readonly numElided: number;
}

export const NO_TERM = -1;

export interface ReadText {
  /** Normalised where it may have to be. */
  readonly text: string;
  readonly words: readonly SourceWord[];
  /** [2 * words] start and end of each in `text`, the elided article left out. */
  readonly spans: readonly number[];
  readonly isNormalised: boolean;
  /** Not Chinese or Japanese, whose words here are pairs of characters. */
  readonly isSpaced: boolean;
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const GRAMMAR: Readonly<Record<string, { articles: string; subjects: string }>> = {
  en: {
    articles: 'the a an this these those of our your my its their each every some called in with by',
    subjects: `to i you we they he she it can could will would should may might must don't doesn't didn't let's gonna not be is are was
      were been being i'm you're we're they're very so more how too`,
  },
  de: {
    articles: 'der die das den dem des ein eine einen einem einer diese dieser diesem unser unsere im vom zum zur von',
    subjects: 'ich wir er sie es man zu kann muss wird ist sind sehr so nicht',
  },
  fr: {
    articles: 'le la les un une des du de ce cette ces notre nos votre au aux',
    subjects: 'je tu il elle on nous vous ils est sont va peut très pas plus',
  },
  es: {
    articles: 'el la los las un una unos unas del de este esta estos nuestro nuestra al',
    subjects: 'yo tú él ella nosotros se es son va puede muy no más',
  },
  it: {
    articles:
      'il lo la i gli le un uno una di del dello della dei degli delle al alla nel nella questo questa nostro nostra',
    subjects: 'io tu lui lei noi voi loro si è sono va può molto non più',
  },
  pt: {
    articles: 'o a os as um uma de do da dos das no na nos nas ao à este esta nosso nossa',
    subjects: 'eu ele ela nós eles elas você se é são vai pode muito não mais',
  },
};

export class SourceWords {
  readonly lang: string;
  readonly #articles: ReadonlySet<string>;
  readonly #subjects: ReadonlySet<string>;
  readonly #terms = new Map<string, number>();
  /** By what is written; by the lower-case word where the text was normalised, or cut by a dictionary. */
  readonly #written = new Map<string, SourceWord>();
  readonly #normalised = new Map<string, SourceWord>();
  readonly #cut = new Map<string, SourceWord>();

  constructor(lang: string) {
    this.lang = lang.split('-', 1)[0]!.toLowerCase();
    const grammar = GRAMMAR[this.lang];
    this.#articles = new Set(grammar?.articles.split(/\s+/));
    this.#subjects = new Set(grammar?.subjects.split(/\s+/));
  }

  /** Whether the articles of its language are known. */
  get hasArticles(): boolean {
    return this.#articles.size > 0;
  }

  read(text: string): ReadText {
    const spans = latinWords(text);
    return spans === undefined ? this.#readNormalised(text) : this.#readLatin(text, spans);
  }

  /** A lower-case word that a dictionary has cut out of an unspaced text: never a function word here. */
  wordOf(cut: string): SourceWord {
    let word = this.#cut.get(cut);
    if (word === undefined) {
      const form = { term: stemWord(cut, this.lang), word: cut, isStop: false, numElided: 0 };
      this.#cut.set(cut, (word = this.#describe(cut, form)));
    }
    return word;
  }

  /** [terms] */
  stems(): string[] {
    return [...this.#terms.keys()];
  }

  #readLatin(text: string, spans: number[]): ReadText {
    const words: SourceWord[] = [];
    for (let i = 0; i < spans.length; i += 2) {
      const written = text.slice(spans[i], spans[i + 1]);
      let word = this.#written.get(written);
      if (word === undefined) {
        const form = readForm(written, primaryLanguage(this.lang));
        this.#written.set(written, (word = this.#describe(written, form)));
      }
      spans[i]! += word.numElided;
      words.push(word);
    }
    return { text, words, spans, isNormalised: false, isSpaced: true };
  }

  #readNormalised(text: string): ReadText {
    const normal = text.normalize('NFKC');
    const spans: number[] = [];
    const words = terms(normal, this.lang).map((term) => {
      spans.push(term.start, term.end);
      let word = this.#normalised.get(term.word);
      if (word === undefined)
        this.#normalised.set(term.word, (word = this.#describe(term.word, { ...term, numElided: 0 })));
      return word;
    });
    return { text: normal, words, spans, isNormalised: true, isSpaced: !UNSPACED.test(normal) };
  }

  #describe(written: string, { term, word, isStop, numElided }: KnownForm): SourceWord {
    return {
      written,
      term: isStop ? NO_TERM : this.#numberOf(term),
      isStop,
      isWeak: isWeakWord(word, this.lang),
      isNameable: /\p{L}{2}|\p{Script=Han}/u.test(word),
      isNumber: /^[\d.,]+$/.test(word),
      role: this.#articles.has(word) ? 'article' : this.#subjects.has(word) ? 'subject' : undefined,
      numElided,
    };
  }

  #numberOf(stem: string): number {
    let number = this.#terms.get(stem);
    if (number === undefined) this.#terms.set(stem, (number = this.#terms.size));
    return number;
  }
}
