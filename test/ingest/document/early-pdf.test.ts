import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { closeEarly, openEarly, takeEarly } from '../../../src/ingest/document/early-pdf.ts';
import { readDocument } from '../../../src/ingest/document/read-document.ts';
import { makePdf, writeTemp, type MadePage } from './make-pdf.ts';

const earlyPdf = new URL('../../../src/ingest/document/early-pdf.ts', import.meta.url);
const options = { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) } as const;

function writePages(numPages: number): string {
  const page = (i: number): MadePage => ({ texts: [[72, 100, `Sentence ${i} stands here.`]] });
  return writeTemp(makePdf({ pages: Array.from({ length: numPages }, (_, i) => page(i)) }));
}

it.each([1, 16, 20])('reads a document of %i pages like one that nobody opened before', async (numPages) => {
  const file = writePages(numPages);
  const usual = await readDocument(file, options);
  openEarly(file);
  const early = await readDocument(file, options);
  expect(early).toEqual(usual);
  expect(early.pages.map(({ text }) => text)).toEqual(usual.pages.map((_, i) => `Sentence ${i} stands here.`));
});

it('hands a document out once, and none that was closed', async () => {
  const file = writePages(2);
  openEarly(file);
  const { threads, firstUnit } = takeEarly(file)!;
  expect(await firstUnit).toHaveLength(2);
  expect(takeEarly(file)).toBeUndefined();
  await threads[Symbol.asyncDispose]();
  openEarly(file);
  await closeEarly();
  expect(takeEarly(file)).toBeUndefined();
});

it('tells who takes it that a file is no PDF', async () => {
  const file = writeTemp(Buffer.from('%PDF-1.4 and nothing else'));
  openEarly(file);
  await expect(readDocument(file, options)).rejects.toThrow(/damaged beyond repair/);
});

it('lets a program end that never takes it', async () => {
  const program = `const { openEarly } = await import('${earlyPdf.href}'); openEarly('${writePages(40)}'); console.log('done');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 60_000,
  });
  expect(stdout).toBe('done\n');
});
