// Bicubic resizing with antialiasing of 8-bit RGB, as Pillow and torchvision do it on bytes: a Keys kernel with a = -0.5,
// widened by the reduction factor, one pass along rows and one along columns, rounded to bytes after each. Fixed-point weights
// follow torch (as many bits as fit 16-bit weights), which is what the reference processor runs.

export interface RgbImage {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], 8 bits each. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

interface Taps {
  /** First source index of each output. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** [outputs, most taps] fixed point */
  readonly weights: Int32Array;
  readonly maxTaps: number;
  /** Bits after the point. */
  readonly precision: number;
}

/** The picture at another size, in fresh memory; the same object where the size is already right. */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  const across = image.width === width ? image : resizeRows(image, width);
  return across.height === height ? across : resizeColumns(across, height);
}

function resizeRows(image: RgbImage, width: number): RgbImage {
  const { data: source, height } = image;
  const { first, count, weights, maxTaps, precision } = computeTaps(image.width, width);
  const half = 1 << (precision - 1);
  const data = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let red = half;
      let green = half;
      let blue = half;
      let from = (y * image.width + first[x]!) * 3;
      const end = x * maxTaps + count[x]!;
      for (let tap = x * maxTaps; tap < end; tap++, from += 3) {
        const weight = weights[tap]!;
        red += weight * source[from]!;
        green += weight * source[from + 1]!;
        blue += weight * source[from + 2]!;
      }
      const to = (y * width + x) * 3;
      data[to] = red >> precision;
      data[to + 1] = green >> precision;
      data[to + 2] = blue >> precision;
    }
  }
  return { width, height, data };
}

function resizeColumns(image: RgbImage, height: number): RgbImage {
  const { data: source, width } = image;
  const { first, count, weights, maxTaps, precision } = computeTaps(image.height, height);
  const half = 1 << (precision - 1);
  const stride = width * 3;
  const data = new Uint8ClampedArray(stride * height);
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(half);
    for (let tap = 0; tap < count[y]!; tap++) {
      const weight = weights[y * maxTaps + tap]!;
      const from = (first[y]! + tap) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += weight * source[from + i]!;
    }
    for (let i = 0; i < stride; i++) data[y * stride + i] = sums[i]! >> precision;
  }
  return { width, height, data };
}

function computeTaps(from: number, to: number): Taps {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const support = 2 * stretch;
  const maxTaps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const exact = new Float64Array(to * maxTaps);
  let largest = 0;
  for (let i = 0; i < to; i++) {
    const center = scale * (i + 0.5);
    const low = Math.max(Math.trunc(center - support + 0.5), 0);
    const taps = Math.min(Math.trunc(center + support + 0.5), from) - low;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = keys((tap + low - center + 0.5) / stretch);
      exact[i * maxTaps + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < taps; tap++) {
      const weight = (exact[i * maxTaps + tap]! /= sum);
      largest = Math.max(largest, weight);
    }
    first[i] = low;
    count[i] = taps;
  }
  let precision = 0;
  while (precision < 22 && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 2 ** 15) precision++;
  const weights = Int32Array.from(exact, (weight) => Math.trunc(weight * 2 ** precision + (weight < 0 ? -0.5 : 0.5)));
  return { first, count, weights, maxTaps, precision };
}

/** Keys' cubic convolution kernel with a = -0.5 (IEEE Trans. ASSP 29(6), 1981). */
function keys(x: number): number {
  const a = -0.5;
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  if (d < 2) return ((d - 5) * d + 8) * d * a - 4 * a;
  return 0;
}
