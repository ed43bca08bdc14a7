// What the reference gives the model for timed pictures, written down from the spec alone (sections 3.4, 3.5 and 5.3), without a
// line of what is under test.
import type { VideoLayout } from '../../src/model/qwen3-vl/prompt.ts';

export type ReferencePart =
  | { readonly text: string }
  | { readonly image: MergedGrid }
  /** Seconds of the frames of one clip. */
  | { readonly times: readonly number[]; readonly grid: MergedGrid };

/** Rows and columns of merged patches. */
export type MergedGrid = readonly [rows: number, columns: number];

/** `%.1f`: all decimals of the double, rounded at the first, a tie to the even digit. */
export function printTenths(value: number): string {
  const [whole, decimals] = value.toFixed(60).split('.') as [string, string];
  const tenths = Number(whole) * 10 + Number(decimals[0]);
  const rest = decimals.slice(1);
  const tie = '5'.padEnd(rest.length, '0');
  const rounded = rest > tie || (rest === tie && tenths % 2 === 1) ? tenths + 1 : tenths;
  return `${Math.floor(rounded / 10)}.${rounded % 10}`;
}

/** The marker of each pair: the mean of its two frames' times; the last of an odd count stands for both. */
export function markersOf(times: readonly number[]): string[] {
  const even = times.length % 2 === 0 ? times : [...times, times.at(-1)!];
  const pairs = even.flatMap((time, i) => (i % 2 === 0 ? [[time, even[i + 1]!] as const] : []));
  return pairs.map(([a, b]) => `<${printTenths((a + b) / 2)} seconds>`);
}

/** The whole prompt of one message of a user. */
export function promptText(parts: readonly ReferencePart[], layout: VideoLayout): string {
  const written = parts.map((part) => {
    if ('text' in part) return part.text;
    if ('image' in part) return group('image', part.image);
    const groups = markersOf(part.times).map((marker) => marker + group('video', part.grid));
    return layout === 'canonical' ? groups.join('') : `<|vision_start|>${groups.join('')}<|vision_end|>`;
  });
  return `<|im_start|>user\n${written.join('')}<|im_end|>\n<|im_start|>assistant\n`;
}

function group(kind: 'image' | 'video', [rows, columns]: MergedGrid): string {
  return `<|vision_start|>${`<|${kind}_pad|>`.repeat(rows * columns)}<|vision_end|>`;
}

/** Grids in order of their groups. */
export function gridsOf(parts: readonly ReferencePart[]): MergedGrid[] {
  return parts.flatMap((part) => {
    if ('text' in part) return [];
    if ('image' in part) return [part.image];
    return markersOf(part.times).map(() => part.grid);
  });
}

/** Position ids, one [time, height, width] a token: a run of pads is a group, everything else is text. */
export function positionsOf(tokenIds: readonly number[], isPad: (id: number) => boolean, grids: readonly MergedGrid[]) {
  const positions: [number, number, number][] = [];
  const waiting = [...grids];
  let next = 0;
  while (positions.length < tokenIds.length) {
    if (!isPad(tokenIds[positions.length]!)) {
      positions.push([next, next, next]);
      next++;
      continue;
    }
    const [rows, columns] = waiting.shift()!;
    for (let i = 0; i < rows * columns; i++) {
      positions.push([next, next + Math.floor(i / columns), next + (i % columns)]);
    }
    next += Math.max(rows, columns);
  }
  return positions;
}
