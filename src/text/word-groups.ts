// Lists of words that stand for each other, by language: a line a group, found by the stem of any of its words.
import { stemWord } from './terms.ts';
import { primaryLanguage } from './stem.ts';

export class WordGroups {
  readonly #lines: Readonly<Record<string, readonly string[]>>;
  readonly #read = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** @param lines by language, a group a line, its words apart by spaces */
  constructor(lines: Readonly<Record<string, readonly string[]>>) {
    this.#lines = lines;
  }

  /** The others of the groups that a lower-case word is in; none where its language has no list. */
  othersOf(word: string, lang: string): readonly string[] {
    const primary = primaryLanguage(lang);
    let groups = this.#read.get(primary);
    if (groups === undefined) this.#read.set(primary, (groups = readGroups(this.#lines[primary] ?? [], primary)));
    return groups.get(stemWord(word, primary)) ?? [];
  }
}

/** By stem, so that `photos` finds the group of `photo`. */
function readGroups(lines: readonly string[], lang: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const group of lines.map((line) => line.split(' '))) {
    for (const word of group) {
      const stem = stemWord(word, lang);
      found.set(stem, [...(found.get(stem) ?? []), ...group.filter((other) => other !== word)]);
    }
  }
  return found;
}
