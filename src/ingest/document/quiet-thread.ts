// A worker thread whose libraries' printing is nobody's output, and that starts as fast as the main thread did.
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';

export function startQuietThread(script: URL, workerData: unknown): Worker {
  // A cache of compiled code that this process turned on is not passed on by itself; with it a thread starts in 0.1 s
  // instead of 0.3. The folder is one of this version of Node inside the one to name.
  const cache = getCompileCacheDir();
  const env = cache === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cache) };
  const worker = new Worker(script, { workerData, env, stdout: true, stderr: true });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}
