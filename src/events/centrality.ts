// Which sentences of a stretch say most of what it says. Terms and pairs of neighbouring terms weigh by how often the
// stretch uses them; a sentence is worth the weight it covers, and what is covered once is worth little the second time.
// That greedy maximum coverage (Lin and Bilmes, "A Class of Submodular Functions for Document Summarization", ACL 2011;
// term pairs as concepts: Gillick and Favre, 2009) removes redundancy as it picks, and its cost grows with sentences times
// picks, never with the square of the sentences.
import { BestFirst } from './best-first.ts';
import { PairNumbers } from './pair-numbers.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface SelectionInput {
  readonly vocabulary: Vocabulary;
  /** Units [first, end) of the vocabulary are the stretch. */
  readonly first: number;
  readonly end: number;
  /** [units] 0 to 1: how well each unit stands on its own; 0 is never picked. */
  readonly quality: readonly number[];
  /** [units] length of each in words, as it would be shown. */
  readonly lengths: readonly number[];
  /** Stop when this many units are picked. */
  readonly maxUnits?: number;
  /** Stop when the picked units reach this many words. */
  readonly maxWords?: number;
}

// Set on five lectures and three meetings (bench/quality-summary.ts); neighbouring values do as well.
/** A term's weight is its count in the stretch to this power, times its rarity in the source to that power. */
const COUNT_POWER = 0.9;
const RARITY_POWER = 0.15;
/** Weight of terms that name no topic, and of a pair of neighbours beside its two terms. */
const WEAK_WORTH = 0.25;
const PAIR_WORTH = 1.5;
/** What a term that a picked sentence holds already is still worth. */
const COVERED_WORTH = 0.4;
/** Quality counts to this power: below 1, what a sentence says matters more than how well it stands alone. */
const QUALITY_POWER = 0.7;
/** What doesn't stand alone is quoted where hardly anything does: quality below this counts so much. */
const STANDS_ALONE = 0.4;
const LEANING_WORTH = 0.1;
/** Sentence worth is divided by length to this power: 0 prefers long sentences, 1 dense ones. */
const LENGTH_POWER = 0.7;
const SHORT_WORDS = 5;
/** What is said at the beginning says what it will be about: worth up to that much more, fading within a sixteenth. */
const OPENING_BONUS = 1.2;
const OPENING_SHARE = 1 / 16;
/** Sentences that share this much of the shorter one's terms say the same. */
const ALIKE_SHARE = 0.8;
/** In fewer sentences than this, a term said once may still be the topic. */
const FEW_UNITS = 12;

/** Picked unit indices, best first. */
export function pickCentral(input: SelectionInput): number[] {
  const { vocabulary, first, end, quality, lengths } = input;
  const concepts = new Concepts(vocabulary, first, end);
  // In a stretch of a few sentences the first one is only the first one.
  const bonus = OPENING_BONUS * Math.min(1, (end - first) / (2 * FEW_UNITS));
  const scoreOf = (i: number): number => {
    const opening = 1 + bonus * Math.exp(-(i - first) / (end - first) / OPENING_SHARE);
    const density = concepts.worthOf(i) / Math.max(SHORT_WORDS, lengths[i]!) ** LENGTH_POWER;
    const standing = quality[i]! ** QUALITY_POWER * (quality[i]! < STANDS_ALONE ? LEANING_WORTH : 1);
    return standing * opening * density;
  };
  const queue = new BestFirst(end - first);
  for (let i = first; i < end; i++) if (quality[i]! > 0) queue.add(i, scoreOf(i));
  const picked: number[] = [];
  let words = 0;
  while (picked.length < (input.maxUnits ?? Infinity) && words < (input.maxWords ?? Infinity)) {
    const best = takeBest(queue, scoreOf);
    if (best === undefined) break;
    if (picked.some((other) => concepts.areAlike(best, other))) continue;
    // A last sentence that would run far over the budget gives way to shorter ones.
    const over = words + lengths[best]! - (input.maxWords ?? Infinity);
    if (picked.length > 0 && over > 0.5 * lengths[best]!) continue;
    picked.push(best);
    words += lengths[best]!;
    concepts.cover(best);
  }
  return picked;
}

/** Takes the unit of highest true score. The others' are as of when they were computed: covering concepts only lowers scores. */
function takeBest(queue: BestFirst, scoreOf: (unit: number) => number): number | undefined {
  for (let unit = queue.take(); unit !== undefined; unit = queue.take()) {
    const score = scoreOf(unit);
    if (score <= 0) continue;
    if (score >= queue.bestScore) return unit;
    queue.add(unit, score);
  }
  return undefined;
}

/** Terms and pairs of one stretch with what each is worth, less once it is covered. */
class Concepts {
  /** [concepts] what each is worth, numbered in order of first occurrence; 0 where it is said too seldom. */
  readonly #worth: number[];
  readonly #vocabulary: Vocabulary;
  readonly #first: number;
  /** [units from #first] numbers of the concepts of each, without repeats. */
  readonly #ofUnit: (readonly number[])[] = [];

  constructor(vocabulary: Vocabulary, first: number, end: number) {
    this.#vocabulary = vocabulary;
    this.#first = first;
    /** A term goes by 0 and its id, a pair by the first id + 1 and the second. */
    const concepts = new PairNumbers(2 * numTermsOf(vocabulary, first, end));
    const counts: number[] = [];
    /** [concepts] the unit that named it last. */
    const namedBy: number[] = [];
    for (let i = first; i < end; i++) {
      const ids = vocabulary.units[i]!;
      const ofUnit: number[] = [];
      for (let n = 0; n < 2 * ids.length - 1; n++) {
        const isTerm = n < ids.length;
        const second = isTerm ? n : n - ids.length + 1;
        const number = concepts.of(isTerm ? 0 : ids[second - 1]! + 1, ids[second]!) - 1;
        if (number === counts.length) {
          counts.push(0);
          namedBy.push(-1);
        }
        counts[number]!++;
        if (namedBy[number] === i) continue;
        namedBy[number] = i;
        ofUnit.push(number);
      }
      this.#ofUnit.push(ofUnit);
    }
    const worths = termWorths(vocabulary);
    this.#worth = counts.map((count, number) => {
      if (count < 2 && end - first > FEW_UNITS) return 0;
      const before = concepts.firstOf(number + 1);
      const worth = worths[concepts.secondOf(number + 1)]!;
      return count ** COUNT_POWER * (before === 0 ? worth : PAIR_WORTH * (worths[before - 1]! + worth));
    });
  }

  worthOf(unit: number): number {
    let sum = 0;
    for (const concept of this.#ofUnit[unit - this.#first]!) sum += this.#worth[concept]!;
    return sum;
  }

  /** Whether nearly all terms of the one sentence are in the other: the same thing said again. */
  areAlike(a: number, b: number): boolean {
    const [few, many] = [this.#termsOf(a), this.#termsOf(b)].sort((x, y) => x.size - y.size) as [
      Set<number>,
      Set<number>,
    ];
    const shared = [...few].filter((term) => many.has(term)).length;
    return few.size > 0 && shared >= ALIKE_SHARE * few.size;
  }

  #termsOf(unit: number): Set<number> {
    return new Set(this.#vocabulary.units[unit]);
  }

  cover(unit: number): void {
    for (const concept of this.#ofUnit[unit - this.#first]!) this.#worth[concept]! *= COVERED_WORTH;
  }
}

function numTermsOf({ units }: Vocabulary, first: number, end: number): number {
  let sum = 0;
  for (let i = first; i < end; i++) sum += units[i]!.length;
  return sum;
}

const worthsOf = new WeakMap<Vocabulary, Float64Array>();

/** [terms] what each is worth by itself: its rarity in the source, less where it names no topic. */
function termWorths(vocabulary: Vocabulary): Float64Array {
  let worths = worthsOf.get(vocabulary);
  if (worths === undefined) {
    const { numSpans, spanCounts, isWeak } = vocabulary;
    worths = Float64Array.from(
      spanCounts,
      (count, term) => Math.log(1 + numSpans / count) ** RARITY_POWER * (isWeak[term] === 1 ? WEAK_WORTH : 1),
    );
    worthsOf.set(vocabulary, worths);
  }
  return worths;
}
