// Rounding as Python's round(), NumPy and torch do it: a tie goes to the even neighbour. The reference processor uses it, so
// height 80 with factor 32 (2.5 blocks) becomes 64, where Math.round would give 96.

export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
