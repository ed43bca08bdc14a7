import { describe, expect, it } from 'vitest';
import { cutSegments } from '../../src/events/segmentation.ts';
import { VocabularyBuilder } from '../../src/events/vocabulary.ts';

const TOPICS = [
  ['gradient', 'descent', 'learning', 'rate', 'momentum', 'weights'],
  ['violin', 'orchestra', 'concert', 'melody', 'conductor', 'audience'],
  ['glacier', 'mountain', 'valley', 'river', 'erosion', 'sediment'],
];

/** `each` sentences of four words on every topic in turn, the words taken round-robin. */
function talk(each: number): string[] {
  return TOPICS.flatMap((words) =>
    Array.from({ length: each }, (_, i) => [0, 1, 2, 3].map((j) => words[(i + j * 5) % words.length]).join(' ')),
  );
}

function inputOf(texts: string[], borders = texts.map(() => 0)) {
  const builder = new VocabularyBuilder('en');
  for (const text of texts) builder.add(text);
  return { vocabulary: builder.vocabulary(), starts: [...texts.keys(), texts.length], borders, ideal: 10, max: 30 };
}

describe('cutSegments', () => {
  it('cuts three topics of ten sentences each exactly where they change', async () => {
    expect(await cutSegments(inputOf(talk(10)))).toEqual([0, 10, 20]);
  });
  it('finds topics of uneven length', async () => {
    const texts = [...talk(14).slice(0, 14), ...talk(7).slice(7, 14), ...talk(11).slice(22)];
    expect(await cutSegments(inputOf(texts))).toEqual([0, 14, 21]);
  });
  it('follows signs of a border where words say nothing', async () => {
    const texts = Array.from({ length: 20 }, () => 'same old words');
    const borders = texts.map((_, i) => (i === 9 ? 3 : 0));
    expect(await cutSegments(inputOf(texts, borders))).toEqual([0, 9]);
  });
  it('is not led by words that name no topic where they are to be left out', async () => {
    // The manner changes in the middle of each topic, and is louder.
    const manners = ['probably exactly', 'basically simply', 'literally clearly', 'absolutely finally'];
    const texts = talk(10).map((topic, i) => `${topic} ${`${manners[Math.floor((i + 5) / 10)]!} `.repeat(8)}`);
    const input = inputOf(texts);
    expect(await cutSegments(input)).toEqual([0, 5, 15, 25]);
    expect(await cutSegments({ ...input, topicalOnly: true })).toEqual([0, 10, 20]);
  });
  it('is not led by an example that comes and goes within a moment where moments are to be left out', async () => {
    const aside = 'beagle poodle spaniel terrier '.repeat(3);
    const texts = talk(20).map((topic, i) => (i === 19 || i === 20 ? `${topic} ${aside}` : topic));
    const input = { ...inputOf(texts), ideal: 20, max: 60 };
    expect(await cutSegments(input)).not.toContain(20);
    expect(await cutSegments({ ...input, topicalOnly: true })).toEqual([0, 20, 40]);
  });
  it('cuts thousands of units that stand in one place', async () => {
    const texts = Array.from({ length: 4000 }, (_, i) => `word ${i}`);
    const firsts = await cutSegments({ ...inputOf(texts), max: 10_000, ideal: 10_000 });
    expect([...firsts, texts.length].every((first, i, all) => i === 0 || first - all[i - 1]! <= 1500)).toBe(true);
  });
  it('gives a unit longer than the maximum a segment of its own, and nothing for nothing', async () => {
    const input = inputOf(['one alpha', 'two beta']);
    expect(await cutSegments({ ...input, starts: [0, 100, 200] })).toEqual([0, 1]);
    expect(await cutSegments(inputOf([]))).toEqual([]);
  });
});
