// Scans that lie on their side or stand on their head: seen from the profile of their ink, settled by reading a strip of
// them in each position. Small slants are the engine's own business.
import type { PreparedImage } from './ocr-image.ts';
import { encodePgm, samplesOf } from './ocr-image.ts';

export type Turns = 0 | 1 | 2 | 3;

/** The strip read to settle a position: this share of the picture's height. */
const STRIP_SHARE = 0.12;
/** Ink is compared over stretches of these shares of the picture: finer than a line of text, coarser than several. */
const FINE_SHARE = 1 / 150;
const COARSE_SHARE = 1 / 12;
/** Upright text varies 2.6 times as much or more from row to row as from column to column (pages and slides measured). */
const CLEARLY = 1.3;

/** Whether the ink varies more from column to column than from row to row, as lines of text on their side make it. */
export function looksSideways(image: PreparedImage): boolean {
  const { width, height } = image;
  const samples = samplesOf(image);
  const rows = new Float64Array(height);
  const columns = new Float64Array(width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const ink = 255 - samples[y * width + x]!;
      rows[y]! += ink / width;
      columns[x]! += ink / height;
    }
  }
  return waviness(columns) > CLEARLY * waviness(rows);
}

/** Turned clockwise by quarter turns. */
export function turnImage(image: PreparedImage, turns: Turns): PreparedImage {
  if (turns === 0) return image;
  const { width, height, scale } = image;
  const from = samplesOf(image);
  const to = new Uint8Array(from.length);
  const [toWidth, toHeight] = turns === 2 ? [width, height] : [height, width];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const target =
        turns === 1
          ? x * toWidth + (height - 1 - y)
          : turns === 2
            ? (height - 1 - y) * toWidth + (width - 1 - x)
            : (width - 1 - x) * toWidth + y;
      to[target] = from[y * width + x]!;
    }
  }
  return { pgm: encodePgm(to, toWidth, toHeight), width: toWidth, height: toHeight, scale };
}

/** The strip across the picture in which most is going on. */
export function busiestStrip(image: PreparedImage): PreparedImage {
  const { width, height, scale } = image;
  const samples = samplesOf(image);
  const edges = new Float64Array(height);
  for (let y = 0; y < height; y++) {
    for (let x = 1; x < width; x++) edges[y]! += Math.abs(samples[y * width + x]! - samples[y * width + x - 1]!);
  }
  const numRows = Math.min(height, Math.max(64, Math.round(height * STRIP_SHARE)));
  let sum = edges.subarray(0, numRows).reduce((a, b) => a + b, 0);
  let [best, top] = [sum, 0];
  for (let y = numRows; y < height; y++) {
    sum += edges[y]! - edges[y - numRows]!;
    if (sum > best) [best, top] = [sum, y - numRows + 1];
  }
  const strip = samples.slice(top * width, (top + numRows) * width);
  return { pgm: encodePgm(strip, width, numRows), width, height: numRows, scale };
}

/** How much the profile rises and falls at the scale of lines of text: white space between lines makes waves. */
function waviness(profile: Float64Array): number {
  const fine = Math.max(3, Math.round(profile.length * FINE_SHARE));
  const coarse = Math.max(fine + 1, Math.round(profile.length * COARSE_SHARE));
  const sums = new Float64Array(profile.length + 1);
  for (const [index, ink] of profile.entries()) sums[index + 1] = sums[index]! + ink;
  const meanAround = (center: number, width: number) => {
    const start = Math.max(0, center - (width >> 1));
    const end = Math.min(profile.length, start + width);
    return (sums[end]! - sums[start]!) / (end - start);
  };
  let energy = 0;
  for (let index = 0; index < profile.length; index++)
    energy += (meanAround(index, fine) - meanAround(index, coarse)) ** 2;
  return Math.sqrt(energy / Math.max(1, profile.length));
}
