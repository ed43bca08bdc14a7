// One thread for everything that runs on an NVIDIA card. CUDA's handles and recorded graphs belong to the thread that made them, so
// runs that wander over a pool of threads would make them again on each; and nothing else may touch the card while a run is being
// recorded. The event loop stays free meanwhile.
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { CudaCopy, CudaWait } from './cuda-copy.ts';
import { CudaError } from './cuda-runtime.ts';
import { OrtError } from './errors.ts';
import type { Pointer } from './native.ts';
import type { StepChain } from './step-chain.ts';

export interface ThreadedRun {
  readonly session: Pointer;
  readonly runOptions: Pointer;
  readonly binding: Pointer;
  /** Copies made before the run. */
  readonly before: readonly (CudaCopy | CudaWait)[];
  /** Copies made after it. */
  readonly after: readonly CudaCopy[];
  /** Runs as often as this says. */
  readonly chain?: StepChain;
}

/** Copies without a run. */
export interface ThreadedCopies {
  readonly copies: readonly CudaCopy[];
}

/** What a run came to: nothing, or why it failed. */
export type RunOutcome =
  | { readonly type: 'done' }
  | { readonly type: 'ort'; readonly message: string; readonly code: number }
  | { readonly type: 'cuda'; readonly action: string; readonly reason: string };

/** What the thread says: a chain's next token, or how a run has ended. */
export type RunMessage = RunOutcome | { readonly type: 'token'; readonly tokenId: number };

interface Waiting {
  resolve: (outcome: RunOutcome) => void;
  readonly onToken: ((tokenId: number) => void) | undefined;
}

let thread: { worker: Worker; runs: MessagePort; waiting: Waiting[] } | undefined;

/** Runs after those before it; `onToken` hears of a chain's. Rejects with OrtError or CudaError. `action` completes "could not …". */
export async function runOnThread(
  action: string,
  run: ThreadedRun | ThreadedCopies,
  onToken?: (tokenId: number) => void,
): Promise<void> {
  const { worker, runs, waiting } = (thread ??= start());
  const outcome = await new Promise<RunOutcome>((resolve) => {
    waiting.push({ resolve, onToken });
    // Only what is waited for keeps the process alive.
    worker.ref();
    runs.postMessage(run);
  });
  if (waiting.length === 0) worker.unref();
  if (outcome.type === 'ort') throw new OrtError(action, outcome.message, outcome.code);
  if (outcome.type === 'cuda') throw new CudaError(outcome.action, outcome.reason);
}

/**
 * Resolves when no run is under way: the moment, until the caller's next await, to take or free memory of the card, which must not
 * happen while a run is being recorded.
 */
export async function cardIsIdle(): Promise<void> {
  while (thread && thread.waiting.length > 0) {
    const { waiting } = thread;
    const last = waiting.at(-1)!;
    const { resolve } = last;
    await new Promise<void>((heard) => {
      last.resolve = (outcome) => {
        resolve(outcome);
        heard();
      };
    });
  }
}

function start() {
  const { port1: runs, port2 } = new MessageChannel();
  const worker = new Worker(new URL('./run-thread-worker.ts', import.meta.url), {
    workerData: { runs: port2 },
    transferList: [port2],
  });
  worker.unref();
  runs.unref();
  const waiting: Waiting[] = [];
  worker.on('message', (message: RunMessage) => {
    if (message.type === 'token') waiting[0]!.onToken?.(message.tokenId);
    else waiting.shift()!.resolve(message);
  });
  worker.on('error', (error: Error) => {
    thread = undefined;
    const outcome: RunOutcome = { type: 'cuda', action: 'run', reason: error.message };
    for (const { resolve } of waiting.splice(0)) resolve(outcome);
  });
  return { worker, runs, waiting };
}
