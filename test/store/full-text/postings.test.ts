import { describe, expect, test } from 'vitest';
import {
  OccurrenceList,
  PositionCursor,
  PostingsCollector,
  Scratch,
  TermPostings,
  TITLE_WEIGHT,
  type ShardPostings,
} from '../../../src/store/full-text/postings.ts';

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
    const list = new OccurrenceList();
    const cursor = new PositionCursor();
    postings.readOccurrences(shard, list);
    postings.startPositions(shard, list, cursor);
    return Array.from({ length: list.size }, (_, i) => {
      cursor.moveTo(i);
      return {
        ordinal: list.ordinals[i]!,
        inTitle: list.titleCounts[i]!,
        length: list.lengths[i]!,
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

  test('are read for the passages wanted alone, positions after leaving some out', () => {
    const { occurrences, positions } = blobsOf(0, 1, passages);
    const postings = new TermPostings(occurrences, positions);
    const [shard] = postings.shards;
    const list = new OccurrenceList();
    const wanted = new Uint8Array(5002);
    wanted[7] = wanted[5001] = 1;
    postings.readOccurrences(shard!, list, wanted);
    expect([...list.ordinals.slice(0, list.size)]).toEqual([7, 5001]);
    expect([...list.lengths.slice(0, list.size)]).toEqual([300, 203]);
    postings.readOccurrences(shard!, list);
    const cursor = new PositionCursor();
    postings.startPositions(shard!, list, cursor);
    for (const i of [1, 3]) {
      cursor.moveTo(i);
      expect([...cursor.values.slice(0, cursor.size)]).toEqual(passages[i]!.positions);
    }
  });

  test('of a term that is nowhere are no shards', () => {
    expect(new TermPostings(new Uint8Array(), new Uint8Array()).shards).toEqual([]);
  });
});
