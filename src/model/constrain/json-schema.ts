// Answers that are JSON of a given schema: before each token, the grammar says which tokens keep the text on the way to a valid
// document, and all others get no chance. The stop tokens become possible exactly where the document is complete.
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher, TokenizerInfo } from '@mlc-ai/web-xgrammar';
import { assert, LecternError } from '../../errors.ts';
import type { TokenConstraint } from '../engine/completion.ts';
import { BYTE_CHARACTERS } from '../qwen3-vl/byte-alphabet.ts';
import type { Tokenizer } from '../qwen3-vl/tokenizer.ts';
import { checkSchema, SchemaError } from './schema-check.ts';
import { forgetXGrammar, loadXGrammar, reasonOfXGrammar, type XGrammar } from './xgrammar.ts';

/** White space in a row between JSON's parts: room for an indented document, none for a model that only breaks lines. */
const MAX_WHITE_SPACE = 32;

export interface ConstraintVocabulary {
  readonly tokenizer: Tokenizer;
  /** Length of the logits; ids beyond the tokenizer's never come. */
  readonly vocabSize: number;
  /** At least one. */
  readonly stopTokenIds: readonly number[];
}

/** The library broke off in the middle of an answer, usually for want of memory. */
export class GrammarBrokenError extends LecternError {
  constructor(cause: unknown) {
    super(`The grammar of the answer could not be followed any further: ${(cause as Error).message}`, {
      code: 'GRAMMAR_BROKEN',
      remedy: 'Ask again; if it happens again, use a simpler schema or fewer requests at once.',
      cause,
    });
  }
}

/** What lies in the library's memory for one vocabulary. */
interface Loaded {
  readonly library: XGrammar;
  readonly tokens: TokenizerInfo;
  readonly compiler: GrammarCompiler;
}

interface Kept {
  readonly grammar: Promise<CompiledGrammar>;
  /** Answers that follow it. */
  users: number;
}

/**
 * Grammars kept for the next request. One of a released vocabulary takes up to 200 MB of the library's 2 GB, and half a second to
 * compile; its own cache would keep every one.
 */
const MAX_GRAMMARS = 3;

/** Compiles schemas for one vocabulary; hold it as long as the model. */
export class SchemaCompiler implements Disposable {
  readonly #vocabulary: ConstraintVocabulary;
  #loaded: Promise<Loaded> | undefined;
  /** By the schema's text, least recently used first. */
  readonly #kept = new Map<string, Kept>();

  private constructor(vocabulary: ConstraintVocabulary) {
    this.#vocabulary = vocabulary;
  }

  static async create(vocabulary: ConstraintVocabulary): Promise<SchemaCompiler> {
    assert(vocabulary.stopTokenIds.length > 0, 'a constraint needs a token to stop with');
    const compiler = new SchemaCompiler(vocabulary);
    await compiler.#load();
    return compiler;
  }

  /** A constraint for one answer. Throws SchemaError. */
  async compile(schema: unknown): Promise<SchemaConstraint> {
    checkSchema(schema);
    const text = JSON.stringify(schema);
    const kept = this.#kept.get(text) ?? { grammar: this.#compile(text), users: 0 };
    this.#kept.delete(text);
    this.#kept.set(text, kept);
    kept.users++;
    const letGo = () => {
      kept.users--;
      this.#dropUnused();
    };
    try {
      const grammar = await kept.grammar;
      const { library } = await this.#load();
      const matcher = await library.GrammarMatcher.createGrammarMatcher(grammar);
      return await SchemaConstraint.start(matcher, this.#vocabulary.vocabSize, letGo);
    } catch (error) {
      // Nothing of that instance can be used any more; the next request begins with a new one.
      forgetXGrammar();
      this.#loaded = undefined;
      this.#kept.clear();
      throw new SchemaError('', `the grammar compiler refuses it: ${reasonOfXGrammar() || String(error)}`, error);
    }
  }

  async #compile(text: string): Promise<CompiledGrammar> {
    const { compiler } = await this.#load();
    return compiler.compileJSONSchema(text, true, -1, undefined, true, MAX_WHITE_SPACE);
  }

  #load(): Promise<Loaded> {
    return (this.#loaded ??= load(this.#vocabulary));
  }

  #dropUnused(): void {
    for (const [text, { grammar, users }] of this.#kept) {
      if (this.#kept.size <= MAX_GRAMMARS) return;
      if (users > 0) continue;
      this.#kept.delete(text);
      void grammar.then((compiled) => compiled.dispose());
    }
  }

  [Symbol.dispose](): void {
    const grammars = [...this.#kept.values()];
    this.#kept.clear();
    void Promise.all(grammars.map(({ grammar }) => grammar))
      .then((compiled) => compiled.forEach((one) => one.dispose()))
      .then(() => this.#loaded)
      .then((loaded) => {
        loaded?.compiler.dispose();
        loaded?.tokens.dispose();
      })
      .catch(() => undefined); // an instance that broke off has nothing to give back
  }
}

async function load({ tokenizer, vocabSize, stopTokenIds }: ConstraintVocabulary): Promise<Loaded> {
  const library = await loadXGrammar();
  // Added tokens are given no text, so that `<|im_end|>` can't be spelled by its token inside a JSON string.
  const spelled = Array.from({ length: vocabSize }, (_, id) => {
    const bytes = tokenizer.isAdded(id) ? undefined : tokenizer.tokenBytes(id);
    return bytes ? Array.from(bytes, (byte) => BYTE_CHARACTERS[byte]!).join('') : '';
  });
  const stops = [...stopTokenIds];
  const tokens = await library.TokenizerInfo.createTokenizerInfo(spelled, 'byte_level', false, vocabSize, stops);
  const compiler = await library.GrammarCompiler.createGrammarCompiler(tokens, false);
  return { library, tokens, compiler };
}

/** Where one answer stands in its grammar. */
export class SchemaConstraint implements TokenConstraint, Disposable {
  readonly #matcher: GrammarMatcher;
  readonly #vocabSize: number;
  readonly #letGo: () => void;
  #isReleased = false;
  #failure: GrammarBrokenError | undefined;
  /** One bit a token, 32 in a word: set where the token may come. Undefined while it is made. */
  #mask: Int32Array | undefined;

  private constructor(matcher: GrammarMatcher, vocabSize: number, letGo: () => void) {
    this.#matcher = matcher;
    this.#vocabSize = vocabSize;
    this.#letGo = letGo;
  }

  /** `letGo` is called when the constraint is released. */
  static async start(matcher: GrammarMatcher, vocabSize: number, letGo: () => void): Promise<SchemaConstraint> {
    const constraint = new SchemaConstraint(matcher, vocabSize, letGo);
    constraint.#mask = await matcher.getNextTokenBitmask();
    return constraint;
  }

  /** The document is complete and a stop token was accepted. */
  get isComplete(): boolean {
    return this.#matcher.isTerminated();
  }

  /** Throws GrammarBrokenError. */
  mayFollow(tokenId: number): boolean {
    const mask = this.#currentMask();
    return tokenId < this.#vocabSize && ((mask[tokenId >> 5]! >>> (tokenId & 31)) & 1) === 1;
  }

  /** Sets the logits of tokens that may not come to -Infinity. Throws GrammarBrokenError. */
  restrict(logits: Float32Array): void {
    const mask = this.#currentMask();
    // By words of 32: inside a string nearly all tokens may come, elsewhere nearly none.
    for (let first = 0; first < logits.length; first += 32) {
      const word = mask[first >> 5] ?? 0;
      if (word === -1) continue;
      const end = Math.min(first + 32, logits.length);
      if (word === 0) logits.fill(-Infinity, first, end);
      else for (let id = first; id < end; id++) if (((word >>> (id & 31)) & 1) === 0) logits[id] = -Infinity;
    }
  }

  /** As TokenConstraint says; half the time of `restrict` and a search. Throws GrammarBrokenError. */
  best(logits: Float32Array): number {
    const mask = this.#currentMask();
    let best = -1;
    let bestLogit = -Infinity;
    for (let first = 0; first < logits.length; first += 32) {
      const word = mask[first >> 5] ?? 0;
      if (word === 0) continue;
      const end = Math.min(first + 32, logits.length);
      for (let id = first; id < end; id++) {
        const logit = logits[id]!;
        if (!(logit > bestLogit) || logit === Infinity) continue;
        if (word !== -1 && ((word >>> (id & 31)) & 1) === 0) continue;
        best = id;
        bestLogit = logit;
      }
    }
    return best;
  }

  /**
   * Notes the token that was chosen. The next mask is made without waiting, in microtasks: it is there when the model, which
   * takes longer than that, has run.
   */
  accept(tokenId: number): void {
    // Generation told to go on after the end gets stop tokens for ever.
    if (this.#matcher.isTerminated()) return;
    assert(this.#matcher.acceptToken(tokenId), `token ${tokenId} does not follow in the grammar`);
    if (this.#matcher.isTerminated()) return;
    this.#mask = undefined;
    this.#matcher.getNextTokenBitmask().then(
      (mask) => (this.#mask = mask),
      (error: unknown) => (this.#failure = new GrammarBrokenError(error)),
    );
  }

  #currentMask(): Int32Array {
    if (this.#failure) throw this.#failure;
    assert(this.#mask !== undefined, 'the mask is asked for before the model ran');
    return this.#mask;
  }

  [Symbol.dispose](): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    if (!this.#failure) this.#matcher.dispose();
    this.#letGo();
  }
}
