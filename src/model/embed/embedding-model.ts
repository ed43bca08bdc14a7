// Qwen3-VL-Embedding: a text, a picture, a clip or all of them to one vector of length 1, comparable by dot product. The first
// dimensions are a vector of their own (Matryoshka), so a store may keep fewer.
import { UsageError } from '../../errors.ts';
import type { RuntimeOptions } from '../engine/runtime.ts';
import type { Device } from '../ort/providers.ts';
import { partsOf, Representer, type Representable } from './represent.ts';

export interface EmbedOptions {
  /** What the vector is for: queries and documents were trained with sentences of their own. */
  readonly instruction?: string;
  /** Leading dimensions to keep; all where absent. */
  readonly dimensions?: number;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_INSTRUCTION = "Represent the user's input.";
const MAX_TOKENS = 8192;

export class EmbeddingModel implements AsyncDisposable {
  readonly #representer: Representer;

  private constructor(representer: Representer) {
    this.#representer = representer;
  }

  static async open(folder: string, options: RuntimeOptions = {}): Promise<EmbeddingModel> {
    return new EmbeddingModel(await Representer.open(folder, MAX_TOKENS, options));
  }

  get dimensions(): number {
    return this.#representer.encoder.model.config.text.hiddenSize;
  }

  get device(): Device {
    return this.#representer.device;
  }

  /** [dimensions] float32 of length 1. Throws UsageError for more dimensions than there are, and as Representer.lastToken. */
  async embed(input: Representable, { instruction, dimensions, signal }: EmbedOptions = {}): Promise<Float32Array> {
    const kept = dimensions ?? this.dimensions;
    if (!Number.isInteger(kept) || kept < 1 || kept > this.dimensions) {
      throw new UsageError(`${kept} dimensions of ${this.dimensions}`, `Ask for 1 to ${this.dimensions}.`);
    }
    const { hidden } = await this.#representer.lastToken(
      [
        { role: 'system', content: asSentence(instruction?.trim() || DEFAULT_INSTRUCTION) },
        { role: 'user', content: partsOf(input) },
      ],
      signal,
    );
    return normalise(hidden.subarray(0, kept));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#representer[Symbol.asyncDispose]();
  }
}

function asSentence(instruction: string): string {
  return /\p{P}$/u.test(instruction) ? instruction : `${instruction}.`;
}

function normalise(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / Math.max(length, 1e-12));
}
