// The one shape of a chat model, local or behind a server: messages of text, pictures and timed frames in, streamed text out,
// with a token count known before anything runs. Pipelines and commands see only this.
import type { RgbImage } from '../qwen3-vl/resize.ts';

/** A picture as pixels, or as the bytes of a JPEG, PNG or WebP file. */
export type Picture = RgbImage | EncodedPicture | SeenPicture;

export interface EncodedPicture {
  readonly encoded: Uint8Array;
  /** The file it came from, to name it by where it can't be read. */
  readonly name?: string;
}

/**
 * A picture that a model of this machine has read, without its pixels: good for as long as what was read is kept, which `reuse`
 * tells. As a frame it stands alone in its clip.
 */
export interface SeenPicture {
  /** As it was given. */
  readonly width: number;
  readonly height: number;
  /** From the report. */
  readonly pixelHash: string;
}

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

/** The beginning of a request: so many whole messages, of the next one so many parts, and of the text behind them so many characters. */
export interface RequestBeginning {
  readonly messages: number;
  readonly parts?: number;
  readonly characters?: number;
  /**
   * It may come again, but nobody has asked: kept while there is room that nothing else of this process takes, and where writing it
   * is a trifle beside computing it.
   */
  readonly isForeseen?: boolean;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** What will come again with another ending: a model of this machine keeps it on disk where that pays. */
  readonly reusable?: RequestBeginning | undefined;
  readonly maxTokens: number;
  /** `batch`: nobody waits for it; a model of this machine decodes such requests together, and others first. */
  readonly urgency?: 'interactive' | 'batch';
  /** 0 and absent: greedy. */
  readonly temperature?: number;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  /** Divides the positive scores of tokens of prompt and answer, and multiplies negative ones; 1 and absent: none. */
  readonly repetitionPenalty?: number | undefined;
  /** Taken once from the score of each token of the answer so far; 0 and absent: none. */
  readonly presencePenalty?: number | undefined;
  readonly seed?: number | undefined;
  /** Strings that end the answer; they are not part of it. */
  readonly stop?: readonly string[] | undefined;
  /** JSON schema that the answer must match. */
  readonly schema?: Readonly<Record<string, unknown>> | undefined;
  /** End-of-text tokens don't end the answer; it runs to maxTokens. */
  readonly ignoreEos?: boolean;
  /** Budgets in pixels of one picture or frame, in place of the checkpoint's own. */
  readonly minPixels?: number;
  readonly maxPixels?: number;
  readonly signal?: AbortSignal | undefined;
  /** Prompt tokens done and in all, where the model tells. */
  readonly onPrefill?: (doneTokens: number, totalTokens: number) => void;
}

/** What decides how long a prompt is. */
export type MeasuredRequest = Pick<ChatRequest, 'messages' | 'minPixels' | 'maxPixels'>;

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
  /** Of each picture of the prompt, in order: what a SeenPicture is known by. */
  readonly pixelHashes?: readonly string[];
  /** Ids of the completion, where the model gives them out. */
  readonly tokenIds?: readonly number[];
}

/** What a prompt would cost. */
export interface ReuseEstimate {
  readonly numTokens: number;
  /** Of them, those whose keys and values are there. */
  readonly reused: number;
  /** To be read from disk for that. */
  readonly fetchBytes: number;
}

export interface ChatModel extends AsyncDisposable {
  readonly name: string;
  /** Prompt and answer together. */
  readonly contextTokens: number;
  /** What the messages cost as a prompt: exact for a local model, never less than the truth for a remote one. */
  countTokens(request: MeasuredRequest): Promise<number>;
  /**
   * Yields pieces of text, whole characters each, and returns the report. Throws before anything runs where the request doesn't
   * fit the context; rejects with the signal's reason when cancelled.
   */
  stream(request: ChatRequest): AsyncGenerator<string, ChatReport>;
  /** How much of a request has been read before and is kept. Absent where nothing is. */
  reuse?(request: MeasuredRequest): Promise<ReuseEstimate>;
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
