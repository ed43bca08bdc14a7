// Qwen3-VL-Reranker: how well a document answers a query, between 0 and 1: the model's odds of saying yes rather than no.
import { CheckpointError } from '../qwen3-vl/checkpoint-error.ts';
import type { RuntimeOptions } from '../engine/runtime.ts';
import type { Device } from '../ort/providers.ts';
import { partsOf, Representer, type Representable } from './represent.ts';

export interface RerankOptions {
  /** What makes a document fit. */
  readonly instruction?: string;
  readonly signal?: AbortSignal;
}

export interface RerankerOptions extends RuntimeOptions {
  /** Vocabulary tokens whose odds are the score: words, or their ids. */
  readonly answers?: { readonly yes: string | number; readonly no: string | number };
}

// Word for word as the checkpoints were trained.
const TASK =
  'Judge whether the Document meets the requirements based on the Query and the Instruct provided. ' +
  'Note that the answer can only be "yes" or "no".';
const DEFAULT_INSTRUCTION = 'Given a search query, retrieve relevant candidates that answer the query.';
const MAX_TOKENS = 10_240;

export class Reranker implements AsyncDisposable {
  readonly #representer: Representer;
  readonly #yes: number;
  readonly #no: number;

  private constructor(representer: Representer, yes: number, no: number) {
    this.#representer = representer;
    this.#yes = yes;
    this.#no = no;
  }

  /** Throws CheckpointError where an answer is no single token, and what Representer.open throws. */
  static async open(folder: string, options: RerankerOptions = {}): Promise<Reranker> {
    const { answers = { yes: 'yes', no: 'no' }, ...rest } = options;
    const representer = await Representer.open(folder, MAX_TOKENS, rest);
    const { tokenizer } = representer.encoder;
    const idOf = (word: string | number) => {
      if (typeof word === 'number') return word;
      const [id, ...more] = tokenizer.encode(word);
      if (id !== undefined && more.length === 0) return id;
      throw new CheckpointError('CHECKPOINT_TOKENIZER', folder, `has no single token for ${JSON.stringify(word)}`);
    };
    try {
      return new Reranker(representer, idOf(answers.yes), idOf(answers.no));
    } catch (error) {
      await representer[Symbol.asyncDispose]();
      throw error;
    }
  }

  get device(): Device {
    return this.#representer.device;
  }

  /** Documents of one query share its part of the prompt, which is computed once. Throws as Representer.lastToken. */
  async score(query: Representable, document: Representable, options: RerankOptions = {}): Promise<number> {
    const instruction = options.instruction?.trim() || DEFAULT_INSTRUCTION;
    const content = [
      { type: 'text' as const, text: `<Instruct>: ${instruction}` },
      { type: 'text' as const, text: '<Query>:' },
      ...partsOf(query),
      { type: 'text' as const, text: '\n<Document>:' },
      ...partsOf(document),
    ];
    const messages = [
      { role: 'system' as const, content: TASK },
      { role: 'user' as const, content },
    ];
    const { logits } = await this.#representer.lastToken(messages, options.signal);
    return 1 / (1 + Math.exp(logits[this.#no]! - logits[this.#yes]!));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#representer[Symbol.asyncDispose]();
  }
}
