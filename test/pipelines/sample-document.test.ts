import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sampleDocument } from '../../pipelines/sample-document.ts';
import { resolveConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { makePdf, type MadePage } from '../ingest/document/make-pdf.ts';

const SCAN: MadePage = { texts: [], drawing: '100 300 200 200 re f' };

function fileOf(pages: readonly MadePage[]): string {
  const file = path.join(temporaryFolder('sample'), 'manual.pdf');
  writeFileSync(file, makePdf({ pages, outline: [['Valves', 3]] }));
  return file;
}

it('reads 64 of 100 pages from all over a manual, and takes the others to be like their neighbours', async () => {
  const texts = Array.from({ length: 100 }, (_, i): MadePage => ({ texts: [[72, 72, `Valve number ${i} opens.`]] }));
  const { material, numPages, numRead } = await sampleDocument(fileOf(texts), resolveConfig({}, { env: {} }));
  expect([numPages, numRead, material.pages.length]).toEqual([100, 64, 100]);
  const read = material.pages.filter(({ text, pageIndex }) => text.includes(`number ${pageIndex} `));
  expect(read).toHaveLength(64);
  expect(read[0]!.pageIndex).toBe(0);
  expect(read.at(-1)!.pageIndex).toBe(99);
  expect(material.pages[18]!.text).toContain('number 15 ');
  expect(material.document!.outline).toEqual([{ title: 'Valves', level: 1, pageIndex: 3 }]);
});

it('counts the words that OCR will read off a scan, unless OCR is off', async () => {
  const file = fileOf([SCAN]);
  const sampled = async (ocr: string) =>
    (await sampleDocument(file, resolveConfig({ ocr }, { env: {} }))).material.pages[0]!;
  expect(await sampled('auto')).toMatchObject({
    textSource: 'ocr',
    text: expect.stringMatching(/^word word/) as string,
  });
  expect(await sampled('off')).toMatchObject({ textSource: 'none', text: '' });
});
