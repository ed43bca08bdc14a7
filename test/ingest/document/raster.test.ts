import { describe, expect, it } from 'vitest';
import sharp from 'sharp';
import type { PageImage } from '../../../src/ingest/document/raster.ts';
import { makePdf, writeTemp } from './make-pdf.ts';
import { readDocument } from '../../../src/ingest/document/read-document.ts';
import { rasterisePages } from '../../../src/ingest/document/raster.ts';
import { DocumentUnreadableError } from '../../../src/ingest/document/errors.ts';

/** Pages of 612 x 792 points with one filled square each: red, green, blue; the last one turned. */
const squares = writeTemp(
  makePdf({
    pages: ['1 0 0', '0 1 0', '0 0 1'].map((colour, index) => ({
      texts: [],
      drawing: `${colour} rg 0 396 306 396 re f`,
      rotate: index === 2 ? 90 : 0,
    })),
  }),
);

async function collect(images: AsyncIterable<PageImage>): Promise<PageImage[]> {
  const all: PageImage[] = [];
  for await (const image of images) all.push(image);
  return all;
}

const pixelAt = ({ rgb, width }: { rgb: Uint8Array; width: number }, x: number, y: number) => [
  ...rgb.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('rasterisePages', () => {
  it('draws the pages asked for, in that order, the longer side as asked, on white', async () => {
    const images = await collect(rasterisePages(squares, [2, 0, 1], { size: { pixelsLongSide: 396 } }));
    expect(images.map(({ pageIndex, width, height }) => [pageIndex, width, height])).toEqual([
      [2, 396, 306],
      [0, 306, 396],
      [1, 306, 396],
    ]);
    expect(images.map(({ rgb }) => rgb.length)).toEqual([3, 3, 3].map((channels) => channels * 396 * 306));
    expect([pixelAt(images[1]!, 50, 50), pixelAt(images[1]!, 250, 300)]).toEqual([
      [255, 0, 0],
      [255, 255, 255],
    ]);
    // The square at the top left comes to the top right when the page is turned clockwise.
    expect([pixelAt(images[0]!, 300, 50), pixelAt(images[0]!, 50, 50)]).toEqual([
      [0, 0, 255],
      [255, 255, 255],
    ]);
  });

  it('draws at a resolution', async () => {
    const [image] = await collect(rasterisePages(squares, [0], { size: { dpi: 144 } }));
    expect([image!.width, image!.height]).toEqual([1224, 1584]);
  });

  it('gives a picture file as its one page, turned as its EXIF says, no larger than it is', async () => {
    const jpeg = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#00ff00' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const [image, ...rest] = await collect(
      rasterisePages(writeTemp(jpeg, 'photo.jpg'), [0], { size: { pixelsLongSide: 1000 } }),
    );
    expect([image!.width, image!.height, rest.length]).toEqual([200, 300, 0]);
  });

  it('stops when told to', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = async () => {
      for await (const { pageIndex } of rasterisePages(squares, [0, 1, 2], {
        size: { dpi: 36 },
        signal: controller.signal,
      })) {
        seen.push(pageIndex);
        controller.abort(new Error('enough'));
      }
    };
    await expect(run()).rejects.toThrow('enough');
    expect(seen).toEqual([0]);
  });
});

describe('picture files', () => {
  const picture = sharp({ create: { width: 60, height: 40, channels: 3, background: '#ffffff' } });
  const noOcr = { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) } as const;

  it.each(['png', 'jpeg', 'webp', 'tiff', 'gif', 'avif'] as const)('a %s is a document of one page', async (format) => {
    const { info, pages } = await readDocument(
      writeTemp(await picture.clone().toFormat(format).toBuffer(), `picture.${format}`),
      noOcr,
    );
    expect([info.numPages, pages.length, info.title]).toEqual([1, 1, null]);
  });

  it('is read as what it is under a wrong name', async () => {
    const { info } = await readDocument(
      writeTemp(await picture.clone().png().toBuffer(), 'really-a-picture.pdf'),
      noOcr,
    );
    expect(info.numPages).toBe(1);
  });

  it('cut off is refused in one sentence', async () => {
    const whole = await sharp({
      create: {
        width: 600,
        height: 400,
        channels: 3,
        background: '#123456',
        noise: { type: 'gaussian', mean: 128, sigma: 30 },
      },
    })
      .png()
      .toBuffer();
    const outcome = readDocument(writeTemp(whole.subarray(0, 20), 'cut.png'), noOcr);
    await expect(outcome).rejects.toBeInstanceOf(DocumentUnreadableError);
  });
});
