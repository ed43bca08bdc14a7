// What a cache holds, token by token: ids, positions and picture hashes beside the keys and values. This is what makes a cache
// comparable with a new prompt, and tells where it may be cut.
import { assert } from '../../errors.ts';
import type { KvCache } from './kv-cache.ts';
import type { Prompt } from './prompt.ts';

/** A picture inside a sequence: the tokens it covers and the hash of its pixels. */
export interface GroupMark {
  readonly start: number;
  readonly length: number;
  readonly pixelHash: string;
}

export class Sequence implements Disposable {
  readonly cache: KvCache;
  readonly #tokenIds: number[] = [];
  /** Time, height and width of each token. */
  readonly #positions: [number[], number[], number[]] = [[], [], []];
  readonly #groups: GroupMark[] = [];

  constructor(cache: KvCache) {
    this.cache = cache;
  }

  get length(): number {
    return this.#tokenIds.length;
  }

  get tokenIds(): readonly number[] {
    return this.#tokenIds;
  }

  get groups(): readonly GroupMark[] {
    return this.#groups;
  }

  /** Position of token `index` on an axis (0 time, 1 height, 2 width). */
  position(axis: 0 | 1 | 2, index: number): number {
    return this.#positions[axis][index]!;
  }

  /** Notes a token whose keys and values the cache now holds. */
  push(tokenId: number, time: number, height: number, width: number): void {
    this.#tokenIds.push(tokenId);
    this.#positions[0].push(time);
    this.#positions[1].push(height);
    this.#positions[2].push(width);
  }

  /** Notes the tokens of a prompt from `first` to `end`, and the pictures that begin among them. */
  follow({ tokenIds, positions, groups }: Prompt, first: number, end: number): void {
    const numTokens = tokenIds.length;
    for (let i = first; i < end; i++) {
      this.push(tokenIds[i]!, positions[i]!, positions[numTokens + i]!, positions[2 * numTokens + i]!);
    }
    for (const group of groups) if (group.start >= first && group.start < end) this.mark(group);
  }

  /** Notes that the tokens from `start` stand for a picture. */
  mark(group: GroupMark): void {
    const last = this.#groups.at(-1);
    assert(!last || group.start >= last.start + last.length, `picture at ${group.start} overlaps the one before it`);
    this.#groups.push({ start: group.start, length: group.length, pixelHash: group.pixelHash });
  }

  /** Forgets everything from token `length` on. A cut inside a picture is refused: the next position would be ambiguous. */
  rewind(length: number): void {
    assert(!isInsideGroup(this.#groups, length), `a sequence can't be cut at ${length}, inside a picture`);
    this.cut(length);
  }

  /** Like rewind, but anywhere: for a prefill that was cancelled and will go on from there. */
  cut(length: number): void {
    this.cache.rewind(length);
    this.#tokenIds.length = length;
    for (const axis of this.#positions) axis.length = length;
    while (this.#groups.length > 0 && this.#groups.at(-1)!.start >= length) this.#groups.pop();
  }

  /**
   * How many leading tokens of `prompt` this sequence holds, cut back to a place outside every picture, and short of the whole
   * prompt: the last token must be run again for its logits.
   */
  sharedPrefix({ tokenIds, positions, groups }: Prompt): number {
    const numTokens = tokenIds.length;
    let end = Math.min(this.length, numTokens - 1);
    for (let i = 0; i < end; i++) {
      const isSame =
        this.#tokenIds[i] === tokenIds[i] &&
        this.#positions[0][i] === positions[i] &&
        this.#positions[1][i] === positions[numTokens + i] &&
        this.#positions[2][i] === positions[2 * numTokens + i];
      if (!isSame) end = i;
    }
    for (let g = 0; ; g++) {
      const mine = this.#groups[g];
      const theirs = groups[g];
      const start = Math.min(mine?.start ?? Infinity, theirs?.start ?? Infinity);
      if (start >= end) return end;
      const isSame =
        mine?.start === theirs?.start && mine?.length === theirs?.length && mine?.pixelHash === theirs?.pixelHash;
      if (!isSame || start + mine!.length > end) return start;
    }
  }

  [Symbol.dispose](): void {
    this.cache[Symbol.dispose]();
  }
}

/** True where a cut before token `index` would divide a picture. */
export function isInsideGroup(groups: readonly { start: number; length: number }[], index: number): boolean {
  return groups.some(({ start, length }) => index > start && index < start + length);
}
