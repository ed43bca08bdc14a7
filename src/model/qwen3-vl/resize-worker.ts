// Worker thread that resizes pictures, one after another.
import { parentPort } from 'node:worker_threads';
import { resizeBicubic, type RgbImage } from './resize.ts';

export interface ResizeJob {
  readonly image: RgbImage;
  readonly width: number;
  readonly height: number;
}

parentPort!.on('message', ({ image, width, height }: ResizeJob) => {
  const { data } = resizeBicubic(image, width, height);
  parentPort!.postMessage(data, [data.buffer as ArrayBuffer]);
});
