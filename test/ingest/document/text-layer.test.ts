import { describe, expect, it } from 'vitest';
import type { PageDraft } from '../../../src/ingest/document/page-draft.ts';
import { isLegible } from '../../../src/ingest/document/legible.ts';
import { keepBetter, needsOcr } from '../../../src/ingest/document/text-layer.ts';

const draft = (text: string, more: Partial<PageDraft> = {}): PageDraft => ({
  pageIndex: 0,
  text,
  links: [],
  candidates: [],
  sizes: [],
  numChars: text.replace(/\s/g, '').length,
  numGarbage: 0,
  imageCover: 0,
  hasInk: true,
  isLegible: isLegible(text),
  ...more,
});

const prose = 'The switch on the left side of the housing turns the pump on and off at any time.';

describe('a page goes to OCR', () => {
  it.each([
    ['it shows something but holds no character', draft('')],
    ['it is a picture with a stamp on it', draft('Confidential 12', { imageCover: 0.95 })],
    ['a third of its characters have no mapping', draft(prose, { numGarbage: 30 })],
    ['its characters make no words', draft('"7+%- &*3( ]}#@ $%^8 !?;: 9)(* {>< ~~!')],
    ['its words have no vowels', draft('xkcd qwrt zxcvb plmk ghtr wrtp sdfg hjkl')],
  ])('when %s', (_why, page) => {
    expect(needsOcr(page)).toBe(true);
  });
});

describe('a page keeps its own text', () => {
  it.each([
    ['prose', draft(prose)],
    ['a table of numbers', draft('Net revenue  86,392  79,474\nCosts  (37,075)  $ (40,576)\nMargin  53.2%  52.9%')],
    ['program text', draft("set title 'Sine curve'\nplot sin(x) with lines, 'data.txt' using 1:2")],
    ['Japanese', draft('電源スイッチを入れると、ポンプが動き始めます。')],
    ['Arabic', draft('مرحبا بكم في دليل المستخدم')],
    ['prose with a large picture', draft(prose.repeat(3), { imageCover: 0.8 })],
    ['nothing, because nothing is drawn', draft('', { hasInk: false })],
  ])('%s', (_what, page) => {
    expect(needsOcr(page)).toBe(false);
  });
});

describe('keepBetter', () => {
  it('takes what OCR saw over nothing, with the links of the page', () => {
    const links = [{ text: 'here', target: { kind: 'page', pageIndex: 2 } }] as const;
    expect(keepBetter(draft('', { links }), draft(prose))).toEqual({
      draft: draft(prose, { links }),
      textSource: 'ocr',
    });
  });

  it('keeps a text layer that says more than OCR saw', () => {
    expect(keepBetter(draft(prose), draft('The swi'))).toEqual({ draft: draft(prose), textSource: 'text' });
  });

  it('keeps neither garbage nor nothing', () => {
    const { draft: kept, textSource } = keepBetter(draft('"7+%- &*3( ]}#@ $%^8'), draft(''));
    expect([kept.text, textSource]).toEqual(['', 'none']);
  });
});
