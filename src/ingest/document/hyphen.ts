// Words broken at a line's end: put together again, or left with the hyphen that they are written with anyway.
import { isAscii } from '../../text/fold.ts';
import { SOFT_HYPHEN } from './unicode.ts';

/** How often each word, lower-cased, stands in the pages near by; compounds whole (`well-known`) and in parts. */
export type Vocabulary = Pick<ReadonlyMap<string, number>, 'get'>;

const WORD = /\p{L}[\p{L}\p{M}]*(?:[-\u2010]\p{L}[\p{L}\p{M}]*)*/gu;
/** The same in a text of ASCII characters, three times as fast. */
const ASCII_WORD = /[a-z]+(?:-[a-z]+)*/g;

export function countWords(text: string, counts: Map<string, number>): void {
  for (const word of text.toLowerCase().match(isAscii(text) ? ASCII_WORD : WORD) ?? []) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    if (word.includes('-')) for (const part of word.split('-')) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
}

/**
 * `text` and the line after it as one, where `text` ends in a hyphen that breaks a word; undefined where it doesn't.
 * A compound that is written with its hyphen elsewhere keeps it, and so do two words that are known alone while their
 * union is not.
 */
export function joinHyphenated(text: string, next: string, vocabulary: Vocabulary): string | undefined {
  const hyphen = text.at(-1);
  if (hyphen !== '-' && hyphen !== '\u2010' && hyphen !== SOFT_HYPHEN) return undefined;
  const left = /\p{L}[\p{L}\p{M}]*$/u.exec(text.slice(0, -1))?.[0];
  const right = /^\p{L}[\p{L}\p{M}]*/u.exec(next)?.[0];
  if (left === undefined || right === undefined) return undefined;
  const united = text.slice(0, -1) + next;
  const compound = text + next;
  if (hyphen === SOFT_HYPHEN) return united;
  // A capital or a single letter beside the hyphen is a compound: `Smith-Jones`, `x-axis`.
  if (!/^\p{Ll}/u.test(right) || left.length < 2) return compound;
  const count = (word: string) => vocabulary.get(word.toLowerCase()) ?? 0;
  if (count(left + right) > 0) return united;
  if (count(`${left}-${right}`) > 0) return compound;
  // Both halves of this very word are counted once each.
  return count(left) > 1 && count(right) > 1 ? compound : united;
}
