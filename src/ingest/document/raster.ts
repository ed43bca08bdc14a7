// Pages as pictures, for a model or a viewer: one at a time, so that any number of them costs the memory of a few.
import type { OpenOptions } from './open-document.ts';
import type { RasterSize } from './pdf-raster.ts';
import { openDocument } from './open-document.ts';

export interface RasterOptions extends OpenOptions {
  readonly size: RasterSize;
}

export interface PageImage {
  /** 0-based. */
  readonly pageIndex: number;
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] uint8, RGB. */
  readonly rgb: Uint8Array;
}

/** Pages drawn ahead of the one being used. */
const AHEAD = 3;

/** In the order of `pageIndexes`. Throws as `openDocument` does, and where a page can't be drawn. */
export async function* rasterisePages(
  path: string,
  pageIndexes: Iterable<number>,
  { size, ...options }: RasterOptions,
): AsyncGenerator<PageImage> {
  await using document = await openDocument(path, options);
  const indexes = [...pageIndexes];
  const started: Promise<PageImage>[] = [];
  const start = (pageIndex: number) => {
    const image = document
      .rasterise(pageIndex, size, 3)
      .then(({ width, height, pixels }) => ({ pageIndex, width, height, rgb: pixels }));
    image.catch(() => {});
    started.push(image);
  };
  for (const pageIndex of indexes.splice(0, AHEAD)) start(pageIndex);
  while (started.length > 0) {
    options.signal?.throwIfAborted();
    yield await started.shift()!;
    const next = indexes.shift();
    if (next !== undefined) start(next);
  }
}
