// One token of each of a few sequences at once: what decoding repeats. Every input and output keeps its place from step to step, so
// that a step costs a few small copies and one call; on a GPU the kernels of a step are recorded once for each cache and replayed.
import { assert } from '../../errors.ts';
import { OrtError } from '../ort/errors.ts';
import type { Session } from '../ort/session.ts';
import { NO_TOKEN } from '../ort/step-chain.ts';
import type { Tensor } from '../ort/tensor.ts';
import { bindCache, CacheStep } from './cache-step.ts';
import { BrokenLogitsError } from './sampling.ts';
import type { StepRoom, StepRow } from './step-room.ts';
import { StepsAhead } from './steps-ahead.ts';

/** Keys and values of `rows` sequences: tensors [rows, kvHeads, capacity, headDim], key.0, value.0, key.1, … */
export interface StepCache {
  readonly tensors: readonly Tensor[];
  readonly capacity: number;
  /** Made by the step, released by the cache when its tensors change. */
  step: CacheStep | undefined;
}

export interface StepResult {
  /** The most likely token of a row, the first of equals. Throws BrokenLogitsError. */
  best(row: number): number;
  /** The logits [vocabulary] of a row, valid until the next step; there only when they were asked for. */
  logits(row: number): Float32Array;
}

export interface StepOptions {
  readonly signal?: AbortSignal | undefined;
  /** False: only the most likely tokens are read back, which spares copying and reading the whole vocabulary. */
  readonly needsLogits: boolean;
  /** How far the most likely tokens may be computed before they are asked for, where nothing else will be: one row on CUDA. */
  readonly ahead?: { readonly tokens: number; readonly stopTokenIds: readonly number[] } | undefined;
}

/** Steps of a chain: one in sixteen pays for the way between threads. A request that comes in between ends it at its next step. */
const MAX_AHEAD = 16;

/** Recorded steps that a session keeps, a few MB each; caches beyond it run unrecorded. */
const MAX_RECORDINGS = 256;

export class TokenStep implements Disposable {
  readonly rows: number;
  readonly #session: Session;
  readonly #room: StepRoom;
  #numRecordings = 0;
  #ahead: StepsAhead | undefined;
  #records: boolean;
  #recordingFailure: string | undefined;
  #areConstantsThere = false;

  /** `room` becomes the step's, which releases it. */
  constructor(session: Session, room: StepRoom) {
    this.rows = room.rows;
    this.#session = session;
    this.#records = session.recordsRuns;
    this.#room = room;
  }

  /** Why steps are not recorded on a device that can; undefined when they are. */
  get recordingFailure(): string | undefined {
    return this.#recordingFailure;
  }

  /**
   * Appends one token to each row. A row of an ended sequence may be given as any token at length 0: it is computed and means
   * nothing. Rejects with OrtError or the signal's reason.
   */
  async run(cache: StepCache, steps: readonly StepRow[], options: StepOptions): Promise<StepResult> {
    assert(steps.length === this.rows, `${steps.length} tokens for ${this.rows} rows`);
    const longest = Math.max(...steps.map(({ length }) => length)) + 1;
    assert(longest <= cache.capacity, `a step to ${longest} slots in a cache of ${cache.capacity}`);
    const { signal, needsLogits } = options;
    const ahead = this.#aheadOf(cache, steps, options);
    if (ahead) {
      const tokenId = await ahead.take();
      signal?.throwIfAborted();
      return tokenOnly(tokenId);
    }
    const room = this.#room;
    room.write(steps);
    await this.#runBound(cache, longest, { signal, needsLogits });
    return {
      best: (row) => room.best(row, { needsLogits }),
      logits(row) {
        assert(needsLogits, 'logits that were not asked for');
        return room.logits(row);
      },
    };
  }

  /** Lets go of steps made ahead that nobody has asked for. */
  drop(): void {
    this.#ahead?.drop();
    this.#ahead = undefined;
  }

  /** Steps under way that begin with this one: those of before where it goes on with them, or new ones. */
  #aheadOf(cache: StepCache, [first]: readonly StepRow[], options: StepOptions): StepsAhead | undefined {
    if (this.#ahead?.continuesWith(cache.tensors, first!)) return this.#ahead;
    this.drop();
    const { ahead, needsLogits, signal } = options;
    const steps = Math.min(ahead?.tokens ?? 0, MAX_AHEAD, cache.capacity - first!.length);
    if (this.rows > 1 || needsLogits || !this.#room.canChain || steps < 2 || !cache.step?.isRecorded) return undefined;
    const dropped = new AbortController();
    const under = new StepsAhead(cache.tensors, first!, steps, dropped);
    this.#room.totalLength = this.#recordedLength(cache);
    const run = cache.step.binding.run({
      signal: signal ? AbortSignal.any([signal, dropped.signal]) : dropped.signal,
      config: { gpu_graph_id: String(cache.step.recording) },
      chain: { ...this.#room.chain(first!, steps), steps, stopTokenIds: ahead!.stopTokenIds },
      onToken: (tokenId) => under.arrive(tokenId),
    });
    under.follow(run);
    return (this.#ahead = under);
  }

  async #runBound(cache: StepCache, longest: number, { signal, needsLogits }: StepOptions): Promise<void> {
    const step = (cache.step ??= this.#stepOver(cache));
    const recording = this.#records ? step.recording : undefined;
    this.#room.totalLength = recording === undefined ? longest : this.#recordedLength(cache);
    const settings = {
      signal,
      before: this.#room.uploads({ withConstants: !this.#areConstantsThere }),
      after: this.#room.downloads({ needsLogits }),
      config: this.#session.recordsRuns ? { gpu_graph_id: String(recording ?? -1) } : {},
    };
    try {
      await step.binding.run(settings);
      this.#areConstantsThere = true;
      step.isRecorded = recording !== undefined;
    } catch (error) {
      if (recording === undefined || !(error instanceof OrtError)) throw error;
      // Some operator can't be recorded here: the plain way from now on, over the same slots.
      this.#records = false;
      this.#recordingFailure = error.message;
      await this.#runBound(cache, longest, { signal, needsLogits });
    }
  }

  /** A recording holds its total length for ever, and the kernels need only an upper bound of the rows' lengths. */
  #recordedLength({ capacity }: StepCache): number {
    return Math.min(capacity, this.#room.slots);
  }

  #stepOver(cache: StepCache): CacheStep {
    const records = this.#records && this.#numRecordings < MAX_RECORDINGS;
    if (records) this.#numRecordings++;
    const step = new CacheStep(this.#session, records ? nextRecording++ : undefined, () => void this.#numRecordings--);
    this.#room.bind(step.binding);
    bindCache(step.binding, cache.tensors);
    return step;
  }

  [Symbol.dispose](): void {
    const ahead = this.#ahead;
    this.drop();
    const room = this.#room;
    // The thread of the card may be in the middle of a step, whose memory this is.
    if (ahead) void ahead.settled.then(() => room[Symbol.dispose]());
    else room[Symbol.dispose]();
  }
}

function tokenOnly(tokenId: number): StepResult {
  return {
    best() {
      if (tokenId === NO_TOKEN) throw new BrokenLogitsError();
      return tokenId;
    },
    logits() {
      assert(false, 'logits that were not asked for');
    },
  };
}

/** Numbers of recordings must differ within a session; that they differ everywhere costs nothing. */
let nextRecording = 1;
