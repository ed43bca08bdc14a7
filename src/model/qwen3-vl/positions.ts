// Where each token stands on the three axes of interleaved M-RoPE (time, height, width). Text advances all three together; a
// frame group stands at one time and spreads over height and width; what follows starts after its longer side (spec 5.3).

/** A run of placeholder tokens. */
export interface PositionGroup {
  /** Index of its first token. */
  readonly start: number;
  /** Grid in merged rows and columns; their product is its number of tokens. */
  readonly rows: number;
  readonly columns: number;
}

export interface Positions {
  /** [3, numTokens]: time, height, width. */
  readonly positions: Int32Array;
  /** Position of the token after these, equal on all axes. */
  readonly nextPosition: number;
}

/**
 * Positions of `numTokens` tokens of which `groups` (ascending, disjoint) are pictures, from `firstPosition` on: 0 for a whole
 * sequence, or the `nextPosition` of what is already in the cache, to which the result then is a seamless continuation.
 */
export function computePositions(numTokens: number, groups: readonly PositionGroup[], firstPosition = 0): Positions {
  const positions = new Int32Array(3 * numTokens);
  let next = firstPosition;
  let token = 0;
  const fillText = (end: number) => {
    for (; token < end; token++, next++) {
      positions[token] = next;
      positions[numTokens + token] = next;
      positions[2 * numTokens + token] = next;
    }
  };
  for (const { start, rows, columns } of groups) {
    fillText(start);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++, token++) {
        positions[token] = next;
        positions[numTokens + token] = next + row;
        positions[2 * numTokens + token] = next + column;
      }
    }
    next += Math.max(rows, columns);
  }
  fillText(numTokens);
  return { positions, nextPosition: next };
}
