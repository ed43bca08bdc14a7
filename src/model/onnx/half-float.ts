// The 16-bit floats that JavaScript lacks: IEEE half precision (binary16) and bfloat16, converted to and from float32 in bulk.
// Halves round to nearest, ties to even, like every GPU and numpy; too large becomes infinity, NaN stays NaN.

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

export function halfFromFloat(value: number): number {
  scratch[0] = value;
  const bits = scratchBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude >= 0x38800000) {
    // Normal: move the exponent's bias from 127 to 15, drop 13 mantissa bits.
    const shifted = magnitude - 0x38000000;
    return sign | ((shifted + 0xfff + ((shifted >>> 13) & 1)) >>> 13);
  }
  // Subnormal: adding 0.5 lines the half's last bit up with the float's, and the adder does the rounding.
  scratchBits[0] = magnitude;
  scratch[0] = scratch[0] + 0.5;
  return sign | (scratchBits[0] - 0x3f000000);
}

const floatOfHalf = buildFloatOfHalf();

export function floatFromHalf(half: number): number {
  return floatOfHalf[half]!;
}

/** All 65 536 halves as floats, 256 KiB: one read a value instead of branches. */
function buildFloatOfHalf(): Float32Array {
  return Float32Array.from({ length: 65_536 }, (_, half) => {
    const exponent = (half >>> 10) & 0x1f;
    const mantissa = half & 0x3ff;
    const sign = half & 0x8000 ? -1 : 1;
    if (exponent === 0x1f) return mantissa ? NaN : sign * Infinity;
    return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
  });
}

// Newer engines have arrays of halves, which convert in hardware, ten times as fast and with the same rounding.
const { Float16Array: HalfArray } = globalThis as {
  Float16Array?: new (
    source: Float32Array | ArrayBufferLike,
    byteOffset?: number,
    length?: number,
  ) => {
    readonly buffer: ArrayBuffer;
  };
};

export function floatsToHalves(floats: Float32Array): Uint16Array {
  if (HalfArray) return new Uint16Array(new HalfArray(floats).buffer);
  const halves = new Uint16Array(floats.length);
  for (let i = 0; i < floats.length; i++) halves[i] = halfFromFloat(floats[i]!);
  return halves;
}

export function halvesToFloats(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) floats[i] = floatOfHalf[halves[i]!]!;
  return floats;
}

/** bfloat16 is the upper half of a float32. */
export function bfloatsToFloats(bfloats: Uint16Array): Float32Array {
  const bits = new Uint32Array(bfloats.length);
  for (let i = 0; i < bfloats.length; i++) bits[i] = bfloats[i]! << 16;
  return new Float32Array(bits.buffer);
}
