// What embedding and reranking share: inputs of text, pictures and frames as parts of a message, and one pass over a prompt
// that gives the model's state at its last token instead of an answer (spec section 8).
import type { ChatMessage, ChatPart, Picture, TimedFrame } from '../chat/chat-model.ts';
import { PromptEncoder } from '../chat/prompt-encoder.ts';
import { ContextOverflowError } from '../engine/generate.ts';
import type { LastToken } from '../engine/read-last.ts';
import { Runtime, type RuntimeOptions } from '../engine/runtime.ts';
import type { Device } from '../ort/providers.ts';

/** Something to embed, or to judge: any of its parts may be missing. */
export interface Representable {
  readonly text?: string;
  readonly images?: readonly Picture[];
  /** One video, sampled at about a frame a second. */
  readonly frames?: readonly TimedFrame[];
}

const BLOCK = 32 * 32;
/** Prompts share their beginning at most: little is worth keeping. */
const PREFIX_BYTES = 256 * 2 ** 20;
/** Frames of one video; more are thinned out evenly. */
const MAX_FRAMES = 64;

export class Representer implements AsyncDisposable {
  readonly encoder: PromptEncoder;
  readonly #runtime: Runtime;
  readonly #maxTokens: number;

  private constructor(encoder: PromptEncoder, runtime: Runtime, maxTokens: number) {
    this.encoder = encoder;
    this.#runtime = runtime;
    this.#maxTokens = Math.min(maxTokens, encoder.model.config.text.maxPositions);
  }

  /** `maxTokens` of one prompt. Throws what PromptEncoder.open and Runtime.load throw. */
  static async open(folder: string, maxTokens: number, options: RuntimeOptions = {}): Promise<Representer> {
    const encoder = await PromptEncoder.open(folder, {
      processor: {
        imageBudget: { minPixels: 4 * BLOCK, maxPixels: 1800 * BLOCK },
        videoBudget: { kind: 'frame', minPixels: 128 * BLOCK, totalPixels: 10 * 768 * BLOCK },
      },
    });
    return new Representer(encoder, await Runtime.load(folder, { prefixBytes: PREFIX_BYTES, ...options }), maxTokens);
  }

  get device(): Device {
    return this.#runtime.deviceChoice.device;
  }

  /** The state at the last token of the prompt that these messages make. Throws ContextOverflowError, and as the runtime does. */
  async lastToken(messages: readonly ChatMessage[], signal?: AbortSignal): Promise<LastToken> {
    const { tokenIds } = await this.encoder.measure({ messages });
    if (tokenIds.length > this.#maxTokens) throw new ContextOverflowError(tokenIds.length, 0, this.#maxTokens);
    const encoded = await this.encoder.encode({ messages }, signal);
    return this.#runtime.readLast(this.#runtime.visualRows.promptOf(encoded), { ...(signal && { signal }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#runtime[Symbol.dispose]();
  }
}

/** Video first, then pictures, then text, as the models were trained; nothing at all is the word NULL. */
export function partsOf({ text, images = [], frames = [] }: Representable): ChatPart[] {
  const parts: ChatPart[] = [];
  if (frames.length > 0) parts.push({ type: 'frames', frames: thinned(frames) });
  for (const picture of images) parts.push({ type: 'image', picture });
  if (text) parts.push({ type: 'text', text });
  return parts.length > 0 ? parts : [{ type: 'text', text: 'NULL' }];
}

/** Evenly spread, first and last included, indices cut to whole numbers. */
function thinned(frames: readonly TimedFrame[]): readonly TimedFrame[] {
  if (frames.length <= MAX_FRAMES) return frames;
  const step = (frames.length - 1) / (MAX_FRAMES - 1);
  return Array.from({ length: MAX_FRAMES }, (_, i) => frames[Math.trunc(i * step)]!);
}
