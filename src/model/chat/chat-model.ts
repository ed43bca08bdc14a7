// The one shape of a chat model, local or behind a server: messages of text, pictures and timed frames in, streamed text out,
// with a token count known before anything runs. Pipelines and commands see only this.
import type { RgbImage } from '../qwen3-vl/resize.ts';

/** A picture as pixels, or as the bytes of a JPEG, PNG or WebP file. */
export type Picture = RgbImage | { readonly encoded: Uint8Array };

/** A sampled video frame and its true time in the source, in seconds. */
export interface TimedFrame {
  readonly timeSec: number;
  readonly picture: Picture;
}

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly picture: Picture }
  /** One video, already sampled: frames of one size, in order of time. */
  | { readonly type: 'frames'; readonly frames: readonly TimedFrame[] };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ChatPart[];
}

/** The beginning of a request: so many whole messages, and of the next one so many parts. */
export interface RequestBeginning {
  readonly messages: number;
  readonly parts?: number;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** What will come again with another ending: a model of this machine keeps it on disk where that pays. */
  readonly reusable?: RequestBeginning;
  readonly maxTokens: number;
  /** `batch`: nobody waits for it; a model of this machine decodes such requests together, and others first. */
  readonly urgency?: 'interactive' | 'batch';
  /** 0 and absent: greedy. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  /** Strings that end the answer; they are not part of it. */
  readonly stop?: readonly string[];
  /** JSON schema that the answer must match. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** End-of-text tokens don't end the answer; it runs to maxTokens. */
  readonly ignoreEos?: boolean;
  /** Budgets in pixels of one picture or frame, in place of the checkpoint's own. */
  readonly minPixels?: number;
  readonly maxPixels?: number;
  readonly signal?: AbortSignal;
  /** Prompt tokens done and in all, where the model tells. */
  readonly onPrefill?: (doneTokens: number, totalTokens: number) => void;
}

export interface ChatUsage {
  readonly prompt: number;
  /** Prompt tokens whose keys and values were reused. */
  readonly cached: number;
  readonly completion: number;
}

export interface ChatReport {
  readonly finish: 'stop' | 'length';
  readonly usage: ChatUsage;
  readonly timing: { readonly prefillMs: number; readonly decodeMs: number };
  /** Ids of the completion, where the model gives them out. */
  readonly tokenIds?: readonly number[];
}

export interface ChatModel extends AsyncDisposable {
  readonly name: string;
  /** Prompt and answer together. */
  readonly contextTokens: number;
  /** What the messages cost as a prompt: exact for a local model, never less than the truth for a remote one. */
  countTokens(request: Pick<ChatRequest, 'messages' | 'minPixels' | 'maxPixels'>): Promise<number>;
  /**
   * Yields pieces of text, whole characters each, and returns the report. Throws before anything runs where the request doesn't
   * fit the context; rejects with the signal's reason when cancelled.
   */
  stream(request: ChatRequest): AsyncGenerator<string, ChatReport>;
  /**
   * Loads beforehand what a request will need, where there is room for it beside everything else. Never rejects: the request says
   * what is wrong. Absent where there is nothing to load.
   */
  makeReady?(request: Pick<ChatRequest, 'schema'>): Promise<void>;
}

/** Runs a request to its end. */
export async function complete(
  model: ChatModel,
  request: ChatRequest,
): Promise<ChatReport & { readonly text: string }> {
  const pieces = model.stream(request);
  let text = '';
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { ...next.value, text };
    text += next.value;
  }
}
