// Answers that are JSON of a given schema: before each token, the grammar says which tokens keep the text on the way to a valid
// document, and all others get no chance. The stop tokens become possible exactly where the document is complete.
import type { CompiledGrammar, GrammarCompiler, GrammarMatcher, TokenizerInfo } from '@mlc-ai/web-xgrammar';
import { assert } from '../../errors.ts';
import type { TokenConstraint } from '../engine/completion.ts';
import { BYTE_CHARACTERS } from '../qwen3-vl/byte-alphabet.ts';
import type { Tokenizer } from '../qwen3-vl/tokenizer.ts';
import { checkSchema, SchemaError } from './schema-check.ts';
import { forgetXGrammar, loadXGrammar, type XGrammar } from './xgrammar.ts';

/** White space in a row between JSON's parts: room for an indented document, none for a model that only breaks lines. */
const MAX_WHITE_SPACE = 32;

export interface ConstraintVocabulary {
  readonly tokenizer: Tokenizer;
  /** Length of the logits; ids beyond the tokenizer's never come. */
  readonly vocabSize: number;
  /** At least one. */
  readonly stopTokenIds: readonly number[];
}

/** Compiles schemas for one vocabulary; hold it as long as the model. */
export class SchemaCompiler implements Disposable {
  readonly #library: XGrammar;
  readonly #tokens: TokenizerInfo;
  readonly #compiler: GrammarCompiler;
  readonly #vocabSize: number;

  private constructor(library: XGrammar, tokens: TokenizerInfo, compiler: GrammarCompiler, vocabSize: number) {
    this.#library = library;
    this.#tokens = tokens;
    this.#compiler = compiler;
    this.#vocabSize = vocabSize;
  }

  static async create({ tokenizer, vocabSize, stopTokenIds }: ConstraintVocabulary): Promise<SchemaCompiler> {
    assert(stopTokenIds.length > 0, 'a constraint needs a token to stop with');
    const library = await loadXGrammar();
    // Added tokens are given no text, so that `<|im_end|>` can't be spelled by its token inside a JSON string.
    const spelled = Array.from({ length: vocabSize }, (_, id) => {
      const bytes = tokenizer.isAdded(id) ? undefined : tokenizer.tokenBytes(id);
      return bytes ? Array.from(bytes, (byte) => BYTE_CHARACTERS[byte]!).join('') : '';
    });
    const stops = [...stopTokenIds];
    const tokens = await library.TokenizerInfo.createTokenizerInfo(spelled, 'byte_level', false, vocabSize, stops);
    const compiler = await library.GrammarCompiler.createGrammarCompiler(tokens);
    return new SchemaCompiler(library, tokens, compiler, vocabSize);
  }

  /** A constraint for one answer. Throws SchemaError. */
  async compile(schema: unknown): Promise<SchemaConstraint> {
    checkSchema(schema);
    let grammar: CompiledGrammar;
    try {
      const text = JSON.stringify(schema);
      grammar = await this.#compiler.compileJSONSchema(text, true, -1, undefined, true, MAX_WHITE_SPACE);
    } catch (error) {
      forgetXGrammar();
      throw new SchemaError('', 'the grammar compiler refuses it', error);
    }
    const matcher = await this.#library.GrammarMatcher.createGrammarMatcher(grammar);
    return SchemaConstraint.start(grammar, matcher, this.#vocabSize);
  }

  [Symbol.dispose](): void {
    this.#compiler.dispose();
    this.#tokens.dispose();
  }
}

/** Where one answer stands in its grammar. */
export class SchemaConstraint implements TokenConstraint, Disposable {
  readonly #grammar: CompiledGrammar;
  readonly #matcher: GrammarMatcher;
  readonly #vocabSize: number;
  /** One bit a token, 32 in a word: set where the token may come. Undefined while it is made. */
  #mask: Int32Array | undefined;

  private constructor(grammar: CompiledGrammar, matcher: GrammarMatcher, vocabSize: number) {
    this.#grammar = grammar;
    this.#matcher = matcher;
    this.#vocabSize = vocabSize;
  }

  static async start(grammar: CompiledGrammar, matcher: GrammarMatcher, vocabSize: number): Promise<SchemaConstraint> {
    const constraint = new SchemaConstraint(grammar, matcher, vocabSize);
    constraint.#mask = await matcher.getNextTokenBitmask();
    return constraint;
  }

  /** The document is complete and a stop token was accepted. */
  get isComplete(): boolean {
    return this.#matcher.isTerminated();
  }

  mayFollow(tokenId: number): boolean {
    assert(this.#mask !== undefined, 'the mask is asked for before the model ran');
    return tokenId < this.#vocabSize && ((this.#mask[tokenId >> 5]! >>> (tokenId & 31)) & 1) === 1;
  }

  /** Sets the logits of tokens that may not come to -Infinity. */
  restrict(logits: Float32Array): void {
    assert(this.#mask !== undefined, 'the mask is asked for before the model ran');
    // By words of 32: inside a string nearly all tokens may come, elsewhere nearly none.
    for (let first = 0; first < logits.length; first += 32) {
      const word = this.#mask[first >> 5] ?? 0;
      if (word === -1) continue;
      const end = Math.min(first + 32, logits.length);
      if (word === 0) logits.fill(-Infinity, first, end);
      else for (let id = first; id < end; id++) if (((word >>> (id & 31)) & 1) === 0) logits[id] = -Infinity;
    }
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
    void this.#matcher.getNextTokenBitmask().then((mask) => {
      this.#mask = mask;
    });
  }

  [Symbol.dispose](): void {
    this.#matcher.dispose();
    this.#grammar.dispose();
  }
}
