import { describe, expect, test } from 'vitest';
import { PostingsCollector, Scratch, TITLE_WEIGHT } from '../../../src/store/full-text/postings.ts';
import { PositionCursor, TermPostings, type ShardPostings } from '../../../src/store/full-text/term-postings.ts';

describe('postings of one term', () => {
  const passages = [
    { ordinal: 0, inTitle: 0, length: 12, positions: [9] },
    { ordinal: 7, inTitle: 2, length: 300, positions: [0, 5, 20, 21, 299] },
    { ordinal: 5000, inTitle: 5, length: 5, positions: [0, 1, 2, 3, 4] },
    { ordinal: 5001, inTitle: 3, length: 203, positions: Array.from({ length: 203 }, (_, i) => i * 2) },
  ];

  function blobsOf(kind: number, sourceNo: number, some: typeof passages) {
    const collector = new PostingsCollector();
    for (const { ordinal, inTitle, length, positions } of some) {
      positions.forEach((position, i) => collector.add(ordinal, length, position, i < inTitle));
    }
    const { occurrences, positions } = collector.toBlobs(kind, sourceNo, new Scratch());
    return { occurrences: Buffer.from(occurrences), positions: Buffer.from(positions) };
  }

  /** What a reader sees of one shard. */
  function read(postings: TermPostings, shard: ShardPostings): typeof passages {
    const cursor = new PositionCursor();
    const { ordinals, titleCounts, lengths } = postings.occurrencesIn(shard);
    postings.startPositions(shard, cursor);
    return Array.from({ length: shard.to - shard.from }, (_, i) => {
      const row = shard.from + i;
      cursor.moveTo(row);
      return {
        ordinal: ordinals[row]!,
        inTitle: titleCounts[row]!,
        length: lengths[row]!,
        positions: [...cursor.values.slice(0, cursor.size)],
      };
    });
  }

  test('come back from the blobs of several shards laid end to end', () => {
    const many = Array.from({ length: 3000 }, (_, i) => ({
      ordinal: i,
      inTitle: i % 2,
      length: 9,
      positions: [i % 9],
    }));
    const shards = [blobsOf(0, 17, passages), blobsOf(4, 1, passages.slice(1, 2)), blobsOf(0, 70_000, many)];
    const postings = new TermPostings(
      Buffer.concat(shards.map(({ occurrences }) => occurrences)),
      Buffer.concat(shards.map(({ positions }) => positions)),
    );
    expect(postings.shards.map(({ kind, sourceNo, numPassages }) => [kind, sourceNo, numPassages])).toEqual([
      [0, 17, 4],
      [4, 1, 1],
      [0, 70_000, 3000],
    ]);
    expect(postings.shards.map((shard) => read(postings, shard))).toEqual([passages, passages.slice(1, 2), many]);
  });

  test('carry the largest weighted frequency and, rounded down, the smallest length for it', () => {
    const { occurrences, positions } = blobsOf(0, 1, passages.slice(0, 3));
    const [shard] = new TermPostings(occurrences, positions).shards;
    expect(shard!.maxFrequency).toBe(5 * TITLE_WEIGHT);
    expect(shard!.minLengthRatio).toBeLessThanOrEqual(5 / 15);
    expect(shard!.minLengthRatio).toBeGreaterThan(5 / 15 - 1 / 16);
  });

  test('are found by ordinal, positions after leaving some passages out', () => {
    const shards = [blobsOf(0, 1, passages.slice(1)), blobsOf(0, 2, passages)];
    const postings = new TermPostings(
      Buffer.concat(shards.map(({ occurrences }) => occurrences)),
      Buffer.concat(shards.map(({ positions }) => positions)),
    );
    const shard = postings.shards[1]!;
    const occurrences = postings.occurrencesIn(shard);
    const rows = [0, 6, 7, 5001, 9999].map((ordinal) => occurrences.rowOf(ordinal, shard));
    expect(rows).toEqual([3, -1, 4, 6, -1]);
    expect(occurrences.lengths[6]).toBe(203);
    const cursor = new PositionCursor();
    postings.startPositions(shard, cursor);
    for (const i of [1, 3]) {
      cursor.moveTo(shard.from + i);
      expect([...cursor.values.slice(0, cursor.size)]).toEqual(passages[i]!.positions);
    }
  });

  test('of some shards alone are read as those of all are', () => {
    const shards = [blobsOf(0, 1, passages.slice(0, 2)), blobsOf(1, 1, passages.slice(2))];
    const all = new TermPostings(
      Buffer.concat(shards.map(({ occurrences }) => occurrences)),
      Buffer.concat(shards.map(({ positions }) => positions)),
    );
    const some = all.withShards(({ kind }) => kind === 1);
    expect(some.numPassages).toEqual([0, 2, 0, 0, 0]);
    expect(some.shards.map((shard) => read(some, shard))).toEqual([passages.slice(2)]);
  });

  test('of a term that is nowhere are no shards', () => {
    expect(new TermPostings(new Uint8Array(), new Uint8Array()).shards).toEqual([]);
  });
});
