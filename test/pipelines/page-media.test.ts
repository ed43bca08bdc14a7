import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { PagePictures, sizeWithin } from '../../pipelines/page-media.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { makePdf } from '../ingest/document/make-pdf.ts';

const FRAME = { width: 736, height: 1024 };
const NEVER = new AbortController().signal;

it.each([
  ['A4 upright', { width: 1086, height: 1536 }, { width: 704, height: 1024 }],
  ['a slide', { width: 1536, height: 864 }, { width: 1152, height: 640 }],
  ['a small picture, which is not enlarged', { width: 300, height: 200 }, { width: 288, height: 192 }],
  ['a strip, which is no page', { width: 4000, height: 100 }, undefined],
])('shows %s in whole tokens within the pixels of a page', (_, size, expected) => {
  expect(sizeWithin(size, FRAME.width * FRAME.height)).toEqual(expected);
});

it('draws the pages that a window shows, without the blank ones, and warns of those that can’t be drawn', async () => {
  const file = path.join(temporaryFolder('page-media'), 'manual.pdf');
  writeFileSync(file, makePdf({ pages: [{ texts: [], drawing: '100 300 200 200 re f' }, { texts: [] }] }));
  const warnings: string[] = [];
  await using pictures = new PagePictures({ path: file }, FRAME, NEVER, (message) => warnings.push(message));
  const window = { pageIndex: 0, endPageIndex: 8, pictures: [0, 1, 7], maxEvents: 9, numTokens: 0 };
  const media = await pictures.of(window);
  expect([...media.keys()]).toEqual([0]);
  const picture = media.get(0)!;
  expect('data' in picture && [picture.width, picture.height, picture.data.length]).toEqual([736, 960, 736 * 960 * 3]);
  expect(warnings).toEqual([expect.stringContaining("Page 8 can't be drawn")]);
});

it('draws nothing where there is no file to draw from', async () => {
  await using pictures = new PagePictures(undefined, FRAME, NEVER, () => {});
  const window = { pageIndex: 0, endPageIndex: 1, pictures: [0], maxEvents: 9, numTokens: 0 };
  expect((await pictures.of(window)).size).toBe(0);
});
