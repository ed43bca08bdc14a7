// The thread of run-thread.ts.
import { parentPort } from 'node:worker_threads';
import { copy, CudaError } from './cuda-memory.ts';
import { OrtError } from './errors.ts';
import { native } from './native.ts';
import type { RunOutcome, ThreadedRun } from './run-thread.ts';

parentPort!.on('message', (run: ThreadedRun) => parentPort!.postMessage(outcomeOf(run)));

function outcomeOf({ session, runOptions, binding, before, after }: ThreadedRun): RunOutcome {
  try {
    before.forEach(copy);
    native().call('RunWithBinding', 'run', session, runOptions, binding);
    after.forEach(copy);
    return { type: 'done' };
  } catch (error) {
    if (error instanceof OrtError) return { type: 'ort', message: error.ortMessage, code: error.ortCode };
    if (error instanceof CudaError) return { type: 'cuda', action: error.action, reason: error.reason };
    throw error;
  }
}
