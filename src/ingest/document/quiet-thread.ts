// A worker thread whose libraries' printing is nobody's output, and that starts as fast as the main thread did.
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';

export function startQuietThread(script: URL, workerData: unknown): Worker {
  const worker = startMuteThread(script, workerData);
  drain(worker);
  return worker;
}

/** The same for a thread that has nothing to print yet: draining one keeps the program running, `unref` or not. */
export function startMuteThread(script: URL, workerData?: unknown): Worker {
  // A cache of compiled code that this process turned on is not passed on by itself; with it a thread starts in 0.1 s
  // instead of 0.3. The folder is one of this version of Node inside the one to name.
  const cache = getCompileCacheDir();
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
  return new Worker(script, { workerData, env, stdout: true, stderr: true });
}

export function drain({ stdout, stderr }: Worker): void {
  stdout.resume();
  stderr.resume();
}
