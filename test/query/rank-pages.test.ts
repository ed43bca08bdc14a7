import { describe, expect, it } from 'vitest';
import type { Candidates, MatchedPassage } from '../../src/query/candidates.ts';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { rankPages } from '../../src/query/rank-pages.ts';

/** Page numbers, 1-based and best first, of pages given as [heading, text]. */
function rank(query: string, ...pages: readonly (readonly [heading: string, text: string])[]): number[] {
  const parsed = parseQuery(query);
  const terms = toQueryTerms(parsed);
  const matcher = new Matcher(terms);
  const passages = pages.flatMap(([heading, text], pageIndex): MatchedPassage[] =>
    (['page', 'heading'] as const).map((kind, i) => {
      const passage = {
        ...{ id: 2 * pageIndex + i, sourceId: 's', lang: 'en', kind, startMs: null, endMs: null, pageIndex },
        ...{ title: heading, text: kind === 'page' ? text : '' },
      };
      return { passage, matched: matcher.match(`${heading}\n${passage.text}`) };
    }),
  );
  const weights = { library: terms.map(({ isStop }) => (isStop ? 0.3 : 3)), factors: terms.map(() => 1) };
  const candidates: Candidates = {
    ...{ query: parsed, terms, matcher, phrases: [], weights, rarest: 3, bySource: new Map() },
    sequence: parsed.words.map((word) => terms.findIndex((term) => term.word === word)),
  };
  return rankPages(passages, candidates, 100).map(({ pageIndex }) => pageIndex + 1);
}

const filler = 'Other words about other matters stand here to fill the page with text.';

describe('rankPages', () => {
  it('puts the page whose heading is the query before pages that use its words more often', () => {
    const often = `xtics ${filler} xtics xtics ${filler} xtics`;
    expect(rank('xtics', ['Axes', often], ['Xtics', `${filler} xtics`])[0]).toBe(2);
  });
  it('prefers words that are neighbours, as they are in the query, to the same words apart', () => {
    const apart = `The mode is set by colour. Only then choose RGB. ${filler}`;
    const together = `Choose RGB Only Mode to see red, green and blue alone. ${filler}`;
    expect(rank('RGB only mode', ['Picture', apart], ['Picture', together])[0]).toBe(2);
  });
  it('prefers words that stand close together to the same words of different subjects', () => {
    const apart = `The sound grows louder. ${filler.repeat(6)} Subtitles help.`;
    const close = `${filler.repeat(3)} Subtitles follow the sound. ${filler.repeat(3)}`;
    expect(rank('subtitles sound', ['Picture', apart], ['Picture', close])[0]).toBe(2);
  });
  it('sends a printed index to the end', () => {
    const index = Array.from({ length: 12 }, (_, i) => `voice guide, ${i + 20}, ${i + 40}`).join('\n');
    expect(rank('voice guide', ['', index], ['', `The voice guide reads menus aloud. ${filler}`])[0]).toBe(2);
  });
  it('finds a page by a word that says the same, after one that uses the word itself', () => {
    const same = ['', `Delete the channel here. ${filler}`] as const;
    expect(rank('remove channel', ['', `Store the channel. ${filler}`], same)).toEqual([2, 1]);
    expect(rank('remove channel', same, ['', `Remove the channel here. ${filler}`])).toEqual([2, 1]);
  });
  it('sends pages that list other pages to the end', () => {
    const contents = Array.from({ length: 12 }, (_, i) => `Voice guide ${i} . . . . . . . . . ${i + 20}`).join('\n');
    expect(rank('voice guide', ['', contents], ['', `The voice guide reads menus aloud. ${filler}`])[0]).toBe(2);
  });
  it('gives a word that stands on every page less say than one that stands on a few', () => {
    const all = Array.from({ length: 60 }, () => ['', `Acme ${filler}`] as const);
    const [best] = rank(
      'acme inventories',
      ...all,
      ['', `Acme Acme Acme ${filler}`],
      ['', `The inventories grew. ${filler}`],
    );
    expect(best).toBe(62);
  });
});
