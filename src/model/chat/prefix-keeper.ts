// Beginnings of prompts on their way to the disk, behind the answers: kept where writing them costs less than computing them again.
import type { GenerateReport } from '../engine/generate.ts';
import type { Prompt } from '../engine/prompt.ts';
import type { Runtime } from '../engine/runtime.ts';

/** Writing what nobody has asked for yet may take this share of the time that computing it took. */
export const FORESEEN_SHARE = 0.1;

export class PrefixKeeper {
  readonly #onFailure: (error: unknown) => void;
  readonly #openedMs = Date.now();
  /** Of prefill, the best that was measured. */
  #secondsPerToken = Infinity;
  #underWay: Promise<unknown> = Promise.resolve();

  /** `onFailure`: told when a prefix could not be kept. */
  constructor(onFailure: (error: unknown) => void = () => undefined) {
    this.#onFailure = onFailure;
  }

  /** Notes how fast a prompt was read. */
  measure({ promptTokens, cachedTokens, prefillMs }: GenerateReport): void {
    this.#secondsPerToken = Math.min(this.#secondsPerToken, prefillMs / 1000 / (promptTokens - cachedTokens));
  }

  /** Begins to keep a prompt's first tokens: before the next request runs, and not waited for by this one. */
  keep(
    runtime: Runtime,
    prompt: Prompt,
    { numTokens, isForeseen }: { readonly numTokens: number; readonly isForeseen: boolean },
    signal: AbortSignal | undefined,
  ): void {
    const computeSeconds = numTokens * this.#secondsPerToken;
    const kept = runtime.keepSnapshot(prompt, numTokens, {
      ...(isForeseen
        ? { computeSeconds: computeSeconds * FORESEEN_SHARE, sparedSinceMs: this.#openedMs }
        : { computeSeconds }),
      signal,
    });
    kept.catch((error: unknown) => {
      if (!signal?.aborted) this.#onFailure(error);
    });
    this.#underWay = Promise.allSettled([this.#underWay, kept]);
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.#underWay;
  }
}
