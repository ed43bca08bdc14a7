// What a model server can do, as far as it matters to a request. Found out by `probe-server.ts`.

export type ServerSoftware = 'vllm' | 'sglang' | 'llama.cpp' | 'unknown';

export interface ServerAbilities {
  readonly software: ServerSoftware;
  /** As the server says; undefined where it doesn't. */
  readonly version: string | undefined;
  /** The name that requests carry. */
  readonly model: string;
  /** Prompt and answer together; undefined where the server doesn't say. */
  readonly contextTokens: number | undefined;
  /**
   * Frames go as one video with their true times. Otherwise they go as pictures with their times as text between them, at about
   * twice the tokens.
   */
  readonly takesTimedFrames: boolean;
  /** `/tokenize` counts text exactly. */
  readonly countsTokens: boolean;
  /** Side of the square of pixels that one token stands for. */
  readonly tokenSidePx: 28 | 32;
}

/**
 * Models that read a time before each pair of frames, by name: Qwen3-VL, its successors, and what is trained from them. Others
 * may take the timed form and never see the times.
 */
export function readsTimes(name: string): boolean {
  return /qwen-?3(?:[-_.]?vl|\.[5-9])|cosmos-?reason-?2|lectern/i.test(name);
}
