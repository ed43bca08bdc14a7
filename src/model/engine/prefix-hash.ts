// Names a prefix by what its keys and values depend on: the model, every token id with its position on three axes, and the pixel
// hash of every picture. A running SHA-256, so the hashes of many cuts of one prompt cost one pass.
import { createHash, type Hash } from 'node:crypto';
import type { Sequence } from './sequence.ts';
import type { Prompt } from './prompt.ts';

interface Tokens {
  readonly length: number;
  tokenId(index: number): number;
  position(axis: 0 | 1 | 2, index: number): number;
  readonly groups: readonly { readonly start: number; readonly length: number; readonly pixelHash: string }[];
}

/** Hash of the first `length` tokens for each of `lengths`, by length. Cuts inside a picture have no hash and are left out. */
export function promptPrefixHashes(modelKey: string, prompt: Prompt, lengths: readonly number[]): Map<number, string> {
  const { tokenIds, positions, groups } = prompt;
  const tokens: Tokens = {
    length: tokenIds.length,
    tokenId: (i) => tokenIds[i]!,
    position: (axis, i) => positions[axis * tokenIds.length + i]!,
    groups,
  };
  return hashPrefixes(modelKey, tokens, lengths);
}

/** Hash of everything a sequence holds up to `length`. */
export function sequencePrefixHash(modelKey: string, sequence: Sequence, length: number): string | undefined {
  const tokens: Tokens = {
    length: sequence.length,
    tokenId: (i) => sequence.tokenIds[i]!,
    position: (axis, i) => sequence.position(axis, i),
    groups: sequence.groups,
  };
  return hashPrefixes(modelKey, tokens, [length]).get(length);
}

function hashPrefixes(modelKey: string, tokens: Tokens, lengths: readonly number[]): Map<number, string> {
  const hashes = new Map<number, string>();
  const running = createHash('sha256').update(`lectern prefix 1\n${modelKey}\n`);
  let group = 0;
  let done = 0;
  for (const length of [...new Set(lengths)].sort((a, b) => a - b)) {
    if (length > tokens.length) break;
    while (group < tokens.groups.length && tokens.groups[group]!.start < length) {
      const { start, length: size, pixelHash } = tokens.groups[group]!;
      if (start + size > length) break;
      update(running, tokens, done, start);
      running.update(`picture ${size} ${pixelHash}\n`);
      update(running, tokens, start, start + size);
      done = start + size;
      group++;
    }
    const next = tokens.groups[group];
    if (next && next.start < length) continue; // the cut divides a picture
    update(running, tokens, done, length);
    done = length;
    hashes.set(length, running.copy().digest('hex'));
  }
  return hashes;
}

/** Adds tokens `first` to `end`: 16 bytes each, little-endian on every platform we run on. */
function update(hash: Hash, tokens: Tokens, first: number, end: number): void {
  if (end <= first) return;
  const values = new Int32Array(4 * (end - first));
  for (let i = first; i < end; i++) {
    const at = 4 * (i - first);
    values[at] = tokens.tokenId(i);
    values[at + 1] = tokens.position(0, i);
    values[at + 2] = tokens.position(1, i);
    values[at + 3] = tokens.position(2, i);
  }
  hash.update(new Uint8Array(values.buffer));
}
