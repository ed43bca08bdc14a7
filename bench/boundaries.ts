// How well found borders agree with true ones, on a time axis in seconds: F1 within a tolerance, each true border matched at
// most once; Pk (Beeferman et al. 1999) and WindowDiff (Pevzner and Hearst 2002), for which less is better.

export function borderF1(found: readonly number[], truth: readonly number[], toleranceSec: number): number {
  const open = new Set(truth.keys());
  let matched = 0;
  for (const border of found) {
    const near = [...open].filter((i) => Math.abs(truth[i]! - border) <= toleranceSec);
    const best = near.sort((a, b) => Math.abs(truth[a]! - border) - Math.abs(truth[b]! - border))[0];
    if (best === undefined) continue;
    open.delete(best);
    matched++;
  }
  return found.length + truth.length === 0 ? 1 : (2 * matched) / (found.length + truth.length);
}

/** Share of one-second probes, half a mean true segment apart, on which found and true segmentation disagree. */
export function pkAndWindowDiff(
  found: readonly number[],
  truth: readonly number[],
  lengthSec: number,
): { pk: number; wd: number } {
  const total = Math.floor(lengthSec);
  const half = Math.max(1, Math.round(lengthSec / (truth.length + 1) / 2));
  const foundBefore = cumulative(found, total);
  const truthBefore = cumulative(truth, total);
  let pk = 0;
  let wd = 0;
  let probes = 0;
  for (let t = 0; t + half < total; t++, probes++) {
    const inFound = foundBefore[t + half]! - foundBefore[t]!;
    const inTruth = truthBefore[t + half]! - truthBefore[t]!;
    if ((inFound === 0) !== (inTruth === 0)) pk++;
    if (inFound !== inTruth) wd++;
  }
  return { pk: pk / Math.max(1, probes), wd: wd / Math.max(1, probes) };
}

/** [total + 1] how many borders lie at or before each second. */
function cumulative(borders: readonly number[], total: number): Uint32Array {
  const counts = new Uint32Array(total + 1);
  for (const border of borders) {
    const at = Math.max(0, Math.round(border));
    if (at <= total) counts[at]!++;
  }
  for (let t = 1; t <= total; t++) counts[t]! += counts[t - 1]!;
  return counts;
}
