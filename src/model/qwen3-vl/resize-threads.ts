// Resizing beside the main thread, which would keep a model waiting for its next step: a slide takes it longer than a GPU takes to
// write five tokens.
import { once } from 'node:events';
import os from 'node:os';
import { Worker } from 'node:worker_threads';
import PQueue from 'p-queue';
import type { RgbImage } from './resize.ts';
import type { ResizeJob } from './resize-worker.ts';

const NUM_THREADS = Math.max(1, Math.min(4, os.availableParallelism() - 1));

/** No more jobs under way than there are threads, so that one of them is always idle for the next. */
const jobs = new PQueue({ concurrency: NUM_THREADS });
const idle: Worker[] = [];

/** As resizeBicubic does it; the picture given is left as it is. Rejects where a thread can't be started, or died. */
export function resizeAside(image: RgbImage, width: number, height: number): Promise<RgbImage> {
  if (image.width === width && image.height === height) return Promise.resolve(image);
  return jobs.add(async () => {
    const worker = idle.pop() ?? new Worker(new URL('./resize-worker.ts', import.meta.url));
    // Only a job keeps the process alive.
    worker.ref();
    // A copy that can be given away: sent as it is, the picture would take along whatever buffer it lies in.
    const pixels = new Uint8Array(image.data);
    const job: ResizeJob = { image: { width: image.width, height: image.height, data: pixels }, width, height };
    worker.postMessage(job, [pixels.buffer]);
    const [data] = (await once(worker, 'message')) as [Uint8ClampedArray];
    worker.unref();
    idle.push(worker);
    return { width, height, data };
  });
}
