import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReadDocument } from '../../../src/ingest/document/read-document.ts';
import { readDocument } from '../../../src/ingest/document/read-document.ts';

const data = '../shared/data';
const isHere = existsSync(data);
if (!isHere) console.log(`skipped: ${data} is not on this machine`);

const read = (path: string): Promise<ReadDocument> =>
  readDocument(`${data}/${path}`, { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) });

describe.skipIf(!isHere)('the gnuplot manual, 303 pages', () => {
  const manual = isHere ? read('manual_gnuplot/gnuplot.pdf') : undefined;

  it('has its outline of 648 entries, each with a page', async () => {
    const { info, warnings } = (await manual)!;
    expect(info).toMatchObject({ numPages: 303, title: 'gnuplot documentation', outlineSource: 'file' });
    expect(info.outline).toHaveLength(648);
    expect(info.outline.every(({ pageIndex }) => pageIndex !== null)).toBe(true);
    expect(warnings).toEqual([]);
  });

  it('finds nearly every outline entry as a heading on the page it opens', async () => {
    const { info, pages } = (await manual)!;
    const key = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
    const found = info.outline.filter(({ title, pageIndex }) =>
      pages[pageIndex!]!.headings.some(({ text }) => key(text).endsWith(key(title))),
    );
    expect(found.length / info.outline.length).toBeGreaterThan(0.9);
  });

  it('says where each heading stands in its page', async () => {
    const { pages } = (await manual)!;
    for (const { text, headings } of pages) {
      for (const heading of headings)
        expect(text.slice(heading.offset).replace(/\s+/g, ' ').startsWith(heading.text)).toBe(true);
    }
  });

  it('keeps paragraphs whole and program lines apart', async () => {
    const { text } = (await manual)!.pages[31]!;
    expect(text).toContain('NB: For information about the HTML5 canvas terminal see set term canvas (p. 243).');
    expect(text).toContain('set size 0.5, 0.5\nset term png size 600, 400\n');
  });

  it('joins words broken at line ends: fewer than five hyphens are left at them', async () => {
    const { pages } = (await manual)!;
    const left = pages.flatMap(({ text }) => text.match(/\p{Ll}{2,}-\n\p{Ll}/gu) ?? []);
    expect(left.length).toBeLessThan(5);
  });

  it('holds no ligature and no private-use character', async () => {
    const { pages } = (await manual)!;
    expect(pages.flatMap(({ text }) => text.match(/[\uE000-\uF8FF\uFB00-\uFB06]/gu) ?? [])).toEqual([]);
  });
});

describe.skipIf(!isHere)('the smart TV manual, 366 pages without an outline', () => {
  it('has one inferred from its section titles', async () => {
    const { info, pages } = await read('manual_smart_tv/smart_tv_manual.pdf');
    expect(info.outlineSource).toBe('headings');
    expect(info.outline.length).toBeGreaterThan(200);
    expect(info.outline).toContainEqual({ title: 'Playing games on an optimized screen', level: 1, pageIndex: 174 });
    expect(pages[174]!.text).toContain('The game mode is not available for normal TV viewing.');
  });
});

describe.skipIf(!isHere)('a 10-K report, 503 pages', () => {
  it('keeps the rows of its cash flow statement', async () => {
    const { pages } = await read('reports_financebench/PEPSICO_2022_10K.pdf');
    const { text, headings } = pages[63]!;
    expect(headings.map((heading) => heading.text)).toContain('Consolidated Statement of Cash Flows');
    expect(text).toMatch(/^Net income +\$ +8,978 +\$ +7,679 +\$ +7,175$/m);
    expect(text).toMatch(/^Capital spending +\(5,207\) +\(4,625\) +\(4,240\)$/m);
    expect(text).toMatch(/^Net Cash Provided by Operating Activities +10,811 +11,616 +10,613$/m);
  });
});
