// The thread of run-thread.ts.
import { parentPort, receiveMessageOnPort, type MessagePort, workerData } from 'node:worker_threads';
import { copyAll } from './cuda-copy.ts';
import { CudaError } from './cuda-runtime.ts';
import { OrtError } from './errors.ts';
import { native } from './native.ts';
import type { RunMessage, RunOutcome, ThreadedCopies, ThreadedRun } from './run-thread.ts';
import { runChain } from './step-chain.ts';

const { runs } = workerData as { runs: MessagePort };

/** A step of decoding is followed by the next one after a fraction of this; waking a sleeping thread takes as long. */
const LISTEN_MS = 0.5;

runs.on('message', (first: ThreadedRun | ThreadedCopies) => {
  parentPort!.postMessage(outcomeOf(first));
  let until = performance.now() + LISTEN_MS;
  while (performance.now() < until) {
    const next = receiveMessageOnPort(runs) as { message: ThreadedRun | ThreadedCopies } | undefined;
    if (!next) continue;
    parentPort!.postMessage(outcomeOf(next.message));
    until = performance.now() + LISTEN_MS;
  }
});

function outcomeOf(work: ThreadedRun | ThreadedCopies): RunOutcome {
  try {
    if ('copies' in work) copyAll(work.copies);
    else runAll(work);
    return { type: 'done' };
  } catch (error) {
    if (error instanceof OrtError) return { type: 'ort', message: error.ortMessage, code: error.ortCode };
    if (error instanceof CudaError) return { type: 'cuda', action: error.action, reason: error.reason };
    throw error;
  }
}

function runAll({ session, runOptions, binding, before, after, chain }: ThreadedRun): void {
  const run = () => native().call('RunWithBinding', 'run', session, runOptions, binding);
  const tell = (tokenId: number) => parentPort!.postMessage({ type: 'token', tokenId } satisfies RunMessage);
  copyAll(before);
  if (chain) runChain(chain, run, tell);
  else run();
  copyAll(after);
}
