import { describe, expect, it } from 'vitest';
import { findHeadings, prominentLine } from '../../../src/ingest/document/headings.ts';
import type { HeadingCandidate, PageDraft } from '../../../src/ingest/document/page-draft.ts';

/** A page of text in 10 points, and lines that stand out from it. */
function draft(lines: readonly (Pick<HeadingCandidate, 'text'> & Partial<HeadingCandidate>)[]): PageDraft {
  const candidates = lines.map((line, i) => ({ offset: i * 200, size: 12, bold: false, isEdge: false, ...line }));
  const facts = { numChars: 3000, numGarbage: 0, imageCover: 0, hasInk: true, isLegible: true };
  return { pageIndex: 0, text: '', links: [], candidates, sizes: [[10, 3000]], ...facts };
}

const headings = (...lines: Parameters<typeof draft>[0]) =>
  findHeadings([draft(lines)], [])[0]!.map(({ text }) => text);

describe('findHeadings', () => {
  it('takes names that stand out by size, however long and numbered', () => {
    const names = ['Editing', '7.07 Claimants must exhaust all procedures of the plan before they file in court.'];
    expect(headings(...names.map((text) => ({ text })))).toEqual(names);
    const broken = 'Buttons and functions that are available while recording a program or';
    expect(headings({ text: broken, size: 13 })).toEqual([broken]);
  });

  it('takes no items of lists, no pieces of sentences and no scraps, as scans have them in letters that seem larger', () => {
    expect(
      headings(
        { text: '* TIMING CORRECTION works during playback' },
        { text: '® Operation is similar to a tape recorder' },
        { text: 'rhythmic value.' },
        { text: 'The sequencer is a state-of-the-art performance tool for the musician. It is' },
        { text: 'An operation that is similar to that of a recorder and' },
        { text: '[inn', size: 20 },
      ),
    ).toEqual([]);
  });
});

describe('prominentLine', () => {
  it('is the largest line of words, and not the name of the contents', () => {
    const lines = [
      { text: '4 Zan', size: 30 },
      { text: 'Contents', size: 24 },
      { text: 'Tip-toeing through the garden', size: 14 },
    ];
    expect(prominentLine(draft(lines))).toBe('Tip-toeing through the garden');
    expect(prominentLine(draft([{ text: 'Table of contents', size: 24 }]))).toBeNull();
  });
});
