import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/query/match.ts';
import { parseQuery } from '../../src/query/parse-query.ts';
import { toQueryTerms } from '../../src/query/query-terms.ts';
import { keepNearPhrases, scoreTimeline, type TimedMatch, weighInTalk } from '../../src/query/timeline.ts';

/** Caption passages of ten seconds each, beginning at the given seconds. */
function captions(query: string, texts: Readonly<Record<number, string>>): TimedMatch[] {
  const matcher = new Matcher(toQueryTerms(parseQuery(query)));
  return Object.entries(texts).map(([sec, text], id) => {
    const startMs = Number(sec) * 1000;
    const place = { startMs, endMs: startMs + 10_000, pageIndex: null };
    return {
      passage: { id, sourceId: 's', lang: 'en', kind: 'caption' as const, ...place, title: '', text },
      matched: matcher.match(text),
    };
  });
}

function bestStart(matches: readonly TimedMatch[], weights: readonly number[], durationMs: number): number {
  const { startMs, scores } = scoreTimeline(matches, weights, durationMs);
  return startMs[scores.indexOf(Math.max(...scores))]!;
}

describe('scoreTimeline', () => {
  it('scores best where the words begin to come together, not where they end', () => {
    const texts = { 1000: 'momentum', 2000: 'momentum decay', 2010: 'decay momentum', 2020: 'decay', 3000: 'decay' };
    expect(bestStart(captions('momentum decay', texts), [3, 3], 4_000_000)).toBe(2_000_000);
  });
  it('lets one rare word outweigh two occurrences of a common one', () => {
    const texts = { 1000: 'network network', 2000: 'jacobian' };
    expect(bestStart(captions('network jacobian', texts), [0.5, 6], 4_000_000)).toBe(2_000_000);
  });
  it('counts what is announced in the first minutes less than what is treated later', () => {
    const texts = { 5: 'pooling layers', 2000: 'pooling layers' };
    expect(bestStart(captions('pooling layers', texts), [3, 3], 3_600_000)).toBe(2_000_000);
  });
  it('prefers words said one after the other, as they are in the query, to the same words far apart', () => {
    const apart = 'learning goes on and on for a long time at any rate';
    const matches = captions('learning rate', { 1000: apart, 2000: 'the learning rate is set by hand for every run' });
    const { startMs, scores } = scoreTimeline(matches, [3, 3], 4_000_000, [[0, 1]]);
    expect(startMs[scores.indexOf(Math.max(...scores))]).toBe(2_001_000);
  });
  it('places a word within its passage at the pace of the speech', () => {
    const { startMs } = scoreTimeline(captions('target', { 100: 'one two three four target' }), [1], 0);
    expect([...startMs]).toEqual([108_000]);
  });
});

describe('weighInTalk', () => {
  it('takes weight from a word that is said all the time, and gives it to the talk as a whole', () => {
    const often = captions('loss jacobian', { 0: 'loss', 30: 'loss', 60: 'loss', 90: 'loss', 100: 'jacobian' });
    const { place, source } = weighInTalk({ library: [3, 3], factors: [1, 1] }, often, 120_000);
    expect(place[0]!).toBeLessThan(place[1]!);
    expect(source[0]!).toBeGreaterThan(source[1]!);
  });
});

describe('keepNearPhrases', () => {
  it('keeps the beginnings that every phrase follows within 45 seconds', () => {
    const timeline = { startMs: Float64Array.of(0, 30_000, 90_000), scores: Float64Array.of(1, 2, 3) };
    expect([...keepNearPhrases(timeline, [[40_000], [31_000, 50_000]]).startMs]).toEqual([0, 30_000]);
    expect([...keepNearPhrases(timeline, [[40_000], []]).startMs]).toEqual([]);
    expect([...keepNearPhrases(timeline, []).scores]).toEqual([1, 2, 3]);
  });
});
