import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { makeSnippet } from '../../src/query/snippet.ts';

function snippet(query: string, text: string): string {
  const terms = toQueryTerms(parseQuery(query));
  return makeSnippet(
    text,
    new Matcher(terms).match(text).matches,
    terms.map(() => 1),
  );
}

const filler = 'Nothing of interest is said in this sentence. '.repeat(12);

describe('makeSnippet', () => {
  it('returns a short text whole, on one line', () => {
    expect(snippet('lens', 'A  thin\nlens.')).toBe('A thin lens.');
  });
  it('shows where different words of the query stand together, with dots where text is left out', () => {
    const found = snippet(
      'focal length',
      `${filler} The length alone. ${filler} The focal length of a lens. ${filler}`,
    );
    expect(found).toContain('focal length of a lens');
    expect(found).toMatch(/^… .* …$/);
    expect(found.length).toBeLessThan(260);
  });
  it('shows the beginning of a text that matches by its title alone', () => {
    expect(snippet('absent', `First words. ${filler}`)).toMatch(/^First words\./);
  });
});
