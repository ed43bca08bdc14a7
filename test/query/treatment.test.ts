import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { scoreTimeline, type TimedMatch } from '../../src/query/timeline.ts';
import { scoreTreatment } from '../../src/query/treatment.ts';

const HOUR_MS = 3_600_000;

/** Caption passages of ten seconds each, beginning at the given seconds of an hour's talk. */
function timelinesOf(query: string, texts: Readonly<Record<number, string>>, lang = 'en') {
  const terms = toQueryTerms(parseQuery(query), lang);
  const matcher = new Matcher(terms);
  const matches = Object.entries(texts).map(([sec, text], id): TimedMatch => {
    const startMs = Number(sec) * 1000;
    const place = { startMs, endMs: startMs + 10_000, pageIndex: null };
    const passage = { id, sourceId: 's', lang, kind: 'caption' as const, ...place, title: '', text };
    return { passage, matched: matcher.match(text, lang) };
  });
  const score = (of: readonly TimedMatch[]) =>
    scoreTimeline(
      of,
      terms.map(() => 3),
      HOUR_MS,
    );
  return { plain: score(matches), treated: scoreTreatment(matches, terms, HOUR_MS, score) };
}

function scoresOf(query: string, texts: Readonly<Record<number, string>>, lang?: string): number[] {
  return [...timelinesOf(query, texts, lang).treated.scores];
}

describe('scoreTreatment', () => {
  it('prefers where a cue word or a name introduces a term to where it is said in passing', () => {
    for (const introduction of [
      'Now, pooling takes the largest',
      'So the pooling layer is next',
      'and this is called pooling by all',
      'what is pooling good for',
      'we call this "pooling" from here',
    ]) {
      const [passing, introduced] = scoresOf('pooling', { 1000: 'we had some pooling there', 2000: introduction });
      expect(introduced, introduction).toBeGreaterThan(passing!);
    }
  });
  it('reads introductions in the language of the source', () => {
    const [passing, introduced] = scoresOf(
      'Glukose',
      { 1000: 'aus der Glukose kommt', 2000: 'also die Glukose' },
      'de',
    );
    expect(introduced).toBeGreaterThan(passing!);
    const [one, other] = scoresOf('pooling', { 1000: 'also pooling', 2000: 'there is pooling' }, 'en');
    expect(one).toBe(other);
  });
  it('counts no introduction of function words, nor one that other words stand between', () => {
    const { plain, treated } = timelinesOf('the pooling', {
      1000: 'so the max pooling',
      2000: 'there the max pooling',
    });
    expect(treated).toEqual(plain);
  });
  it('prefers what is treated to what the last minutes sum up', () => {
    const [treated, recalled] = scoresOf('pooling', { 2000: 'some pooling here', 3580: 'some pooling here' });
    expect(treated).toBeGreaterThan(recalled!);
  });
  it('leaves the best of a source as good as it is, beside other sources', () => {
    for (const texts of [
      { 1000: 'we had some pooling there', 2000: 'so the pooling' },
      { 1000: 'some pooling', 3590: 'pooling and pooling' },
    ]) {
      const { plain, treated } = timelinesOf('pooling', texts);
      expect(Math.max(...treated.scores)).toBeCloseTo(Math.max(...plain.scores), 10);
    }
  });
  it('has nothing to lower where the length of a source is unknown or nothing matches', () => {
    const empty = { startMs: new Float64Array(0), scores: new Float64Array(0) };
    expect(scoreTreatment([], [], 0, () => empty)).toEqual(empty);
    const timeline = { startMs: Float64Array.of(5000), scores: Float64Array.of(2) };
    expect(scoreTreatment([], [], 0, () => timeline)).toEqual(timeline);
  });
});
