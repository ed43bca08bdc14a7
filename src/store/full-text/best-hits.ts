// The best hits of a search while it goes on.

export interface RankedPassage {
  readonly kind: number;
  readonly sourceNo: number;
  /** Place in its shard. */
  readonly ordinal: number;
  readonly score: number;
}

/** Best first; equal scores in order of source, kind and place. */
export class BestHits {
  readonly #limit: number;
  readonly #hits: RankedPassage[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A hit below this would not be kept. */
  get worstScore(): number {
    return this.#hits.length < this.#limit ? 0 : this.#hits.at(-1)!.score;
  }

  offer(hit: RankedPassage): void {
    if (hit.score < this.worstScore) return;
    let low = 0;
    let high = this.#hits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareHits(this.#hits[middle]!, hit) < 0) low = middle + 1;
      else high = middle;
    }
    this.#hits.splice(low, 0, hit);
    if (this.#hits.length > this.#limit) this.#hits.pop();
  }

  hits(): readonly RankedPassage[] {
    return this.#hits;
  }
}

function compareHits(a: RankedPassage, b: RankedPassage): number {
  return b.score - a.score || a.sourceNo - b.sourceNo || a.kind - b.kind || a.ordinal - b.ordinal;
}
