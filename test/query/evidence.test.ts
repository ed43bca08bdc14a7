import { describe, expect, it } from 'vitest';
import { gatherEvidence } from '../../src/query/evidence.ts';
import type { Hit } from '../../src/query/hit.ts';
import { addSource, makeLibrary, manual } from './library-fixture.ts';

const GRID = `# Grid
The grid command draws lines. They can be dashed.`;
const RUNS_ON = `12   The Manual

Dashes are set by the terminal.

See terminals (p. 14).`;
const INDEX = [
  'axes, 3',
  'border, 12',
  'colour, 14',
  'dashes, 12',
  'grid, 11',
  'key, 15',
  'lines, 11',
  'marks, 2',
].join('\n');

function hitOn(sourceId: string, pageIndex: number): Hit {
  return {
    source: { id: sourceId, path: '/manual.pdf', kind: 'document', lang: 'en', title: 'Manual' },
    ...{ startMs: null, endMs: null, pageIndex, pageLabel: null },
    ...{ title: 'Terminals', text: '', snippet: '', score: 1, link: '' },
  };
}

async function sentencesFor(pageIndex: number, ...pages: string[]) {
  await using fixture = await makeLibrary();
  const id = await addSource(fixture.library, '/manual.pdf', 'document', manual(...pages));
  const [evidence] = await gatherEvidence(fixture.library, [hitOn(id, pageIndex)]);
  return evidence!.sentences;
}

describe('gatherEvidence on pages', () => {
  it('reads the hit and what of its section runs on to the next page, the first sentence under a heading marked', async () => {
    const sentences = await sentencesFor(0, GRID, RUNS_ON, '# Key\nThe key lists the curves.');
    expect(sentences.map(({ text, isLead }) => [text, isLead])).toEqual([
      ['Grid', false],
      ['The grid command draws lines.', true],
      ['They can be dashed.', false],
      ['Dashes are set by the terminal.', false],
      ['See terminals (p. 14).', false],
    ]);
  });
  it('leaves out what the next page says under a heading of its own', async () => {
    const sentences = await sentencesFor(0, GRID, '# Key\nThe key lists the curves.');
    expect(sentences.map(({ heading }) => heading)).toEqual(['Grid', 'Grid', 'Grid']);
  });
  it('puts the beginning of a page under the heading that it runs on from', async () => {
    const sentences = await sentencesFor(1, GRID, RUNS_ON);
    const found = sentences.find(({ text }) => text.startsWith('Dashes'));
    expect(found).toMatchObject({ heading: 'Grid', pageIndex: 1 });
  });
  it('reads where the section that a page begins in begins itself, on the page before', async () => {
    const sentences = await sentencesFor(1, `# Axes\nAxes are black.`, RUNS_ON);
    expect(sentences.slice(0, 2)).toMatchObject([
      { text: 'Axes', pageIndex: 0 },
      { text: 'Axes are black.', pageIndex: 0, isLead: true },
    ]);
    const apart = await sentencesFor(1, `# Axes\nAxes are black.`, '# Key\nThe key lists the curves.');
    expect(apart.map(({ pageIndex }) => pageIndex)).toEqual([1, 1]);
  });
  it('takes an aside in brackets for no statement', async () => {
    const sentences = await sentencesFor(0, '# Key\nThe key lists the curves.\n\n(It may be turned off.)');
    expect(sentences.map(({ form }) => form)).toEqual(['fragment', 'statement', 'fragment']);
  });
  it('takes no sentence from a printed index', async () => {
    expect(await sentencesFor(1, GRID, INDEX)).toEqual([]);
  });
});
