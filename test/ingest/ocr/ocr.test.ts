import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import sharp from 'sharp';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ocr } from '../../../src/ingest/ocr/ocr.ts';
import { OcrEngineError, OcrLanguageMissingError } from '../../../src/ingest/ocr/errors.ts';
import { SLIDE_SIZE, drawSlide, makeSlides } from './slides.ts';
import { createOcr } from '../../../src/ingest/ocr/ocr.ts';
import { slideTextOf } from '../../../src/ingest/ocr/slide-text.ts';
import { wordF1 } from './word-f1.ts';

const ocrmypdf = '../shared/data/pdfs_scanned_and_odd/ocrmypdf';
const isHere = existsSync(ocrmypdf);
if (!isHere) console.log(`skipped in part: ${ocrmypdf} is not on this machine`);

let ocr: Ocr;
beforeAll(async () => {
  ocr = await createOcr({ numWorkers: 1 });
});
afterAll(async () => {
  await ocr[Symbol.asyncDispose]();
});

describe('slides', () => {
  it.each(makeSlides())('$name: title exact, text at word F1 of 0.85 or more', async (slide) => {
    const reading = slideTextOf(await ocr.recognize({ png: await drawSlide(slide) }), SLIDE_SIZE);
    expect(reading.title).toBe(slide.title);
    expect(wordF1(slide.truth, reading.text)).toBeGreaterThanOrEqual(0.85);
    expect(reading.confidence).toBeGreaterThan(70);
  });

  it('read the same from raw pixels as from PNG', async () => {
    const png = await drawSlide(makeSlides()[0]!);
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const fromPixels = await ocr.recognize({ pixels: data, width: info.width, height: info.height, channels: 3 });
    expect(fromPixels).toEqual(await ocr.recognize({ png }));
  });

  it('boxes and heights are in pixels of the picture given', async () => {
    const { lines, width, height } = await ocr.recognize({ png: await drawSlide(makeSlides()[0]!) });
    expect({ width, height }).toEqual(SLIDE_SIZE);
    const title = lines[0]!;
    expect(title.bbox.x0).toBeGreaterThan(55);
    expect(title.bbox.x0).toBeLessThan(85);
    expect(title.bbox.y1).toBeLessThan(120);
    expect(title.heightPx).toBeGreaterThan(25);
    expect(title.heightPx).toBeLessThan(75);
    expect(title.words.map(({ text }) => text)).toEqual(['Gradient', 'Descent', 'in', 'Practice']);
  });
});

describe('pictures without words', () => {
  it.each([
    ['one colour', 640, 360],
    ['a single pixel', 1, 1],
    ['a thin stripe', 2000, 3],
  ])('%s holds no text', async (_what, width, height) => {
    const pixels = new Uint8Array(width * height).fill(200);
    const { text, confidence, lines } = await ocr.recognize({ pixels, width, height, channels: 1 });
    expect({ text, confidence, lines }).toEqual({ text: '', confidence: 0, lines: [] });
  });
});

describe('turned pages', () => {
  const page = Array.from(
    { length: 12 },
    (_, i) =>
      `<text x="60" y="${90 + 40 * i}" font-size="22" font-family="DejaVu Serif, serif">Line ${i + 1} of a page that tells where the switch of the pump is.</text>`,
  );
  const upright = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="620"><rect width="800" height="620" fill="white"/>${page.join('')}</svg>`;

  it.each([0, 90, 180, 270])('a page turned by %s degrees reads as upright', async (degrees) => {
    const png = await sharp(Buffer.from(upright)).rotate(degrees).png().toBuffer();
    const { text, turns, width, height } = await ocr.recognize({ png }, undefined, { mayBeTurned: true });
    expect(text.split('\n')[0]).toMatch(/^Line 1 of a page/);
    expect(turns).toBe(((360 - degrees) % 360) / 90);
    expect({ width, height }).toEqual({ width: 800, height: 620 });
  });
});

describe.skipIf(!isHere)('linn.png, a dense page in two columns', () => {
  it('reads at word F1 of 0.95 or more', async () => {
    const { text, confidence } = await ocr.recognize({
      png: await sharp(`${ocrmypdf}/linn.png`).resize(1700).png().toBuffer(),
    });
    expect(wordF1(readFileSync(`${ocrmypdf}/linn.txt`, 'utf8'), text)).toBeGreaterThanOrEqual(0.95);
    expect(confidence).toBeGreaterThan(80);
  });
});

describe('createOcr', () => {
  it.each(['xyz', '../eng', 'EN-us', ''])(
    'a language without data (%j) is refused with the package to install',
    async (lang) => {
      const error = await createOcr({ langs: ['eng', lang] }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OcrLanguageMissingError);
      expect((error as OcrLanguageMissingError).remedy).toContain(`npm install @tesseract.js-data/${lang}`);
    },
  );

  it('leaves no file behind', async () => {
    // A temporary folder of its own: other tests read pictures meanwhile, and some of them are killed.
    const [before, own] = [process.env['TMPDIR'], await mkdtemp(join(tmpdir(), 'lectern-test-'))];
    process.env['TMPDIR'] = own;
    try {
      await using extra = await createOcr();
      expect(extra.langs).toEqual(['eng']);
      expect(readdirSync(own)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await rm(own, { recursive: true });
    }
    expect(existsSync('eng.traineddata')).toBe(false);
  });

  it('rejects what is waiting when the signal aborts', async () => {
    const png = await drawSlide(makeSlides()[0]!);
    const controller = new AbortController();
    const first = ocr.recognize({ png });
    const second = ocr.recognize({ png }, controller.signal);
    controller.abort(new Error('no longer wanted'));
    await expect(second).rejects.toThrow('no longer wanted');
    expect((await first).lines.length).toBeGreaterThan(0);
  });

  it('gives up the picture it is on when it is stopped, so that nothing keeps the program running', async () => {
    const png = await drawSlide(makeSlides()[0]!);
    const own = await createOcr();
    const reading = own.recognize({ png });
    const outcome = expect(reading).rejects.toBeInstanceOf(OcrEngineError);
    // By now the picture is with the engine, on most machines; where it is not, it is given up before.
    await sleep(100);
    await own[Symbol.asyncDispose]();
    await outcome;
    await expect(own.recognize({ png })).rejects.toBeInstanceOf(OcrEngineError);
  });

  it('refuses what is no picture', async () => {
    await expect(ocr.recognize({ png: Buffer.from('no picture') })).rejects.toBeInstanceOf(OcrEngineError);
  });
});
