// The two forms in which a vector is kept: its signs, and codes of a byte.

/** One bit a dimension, set where it is positive: [dimensions / 8] bytes, the last dimensions padded with zeros. */
export function signsOf(vector: Float32Array): Uint8Array {
  const signs = new Uint8Array(Math.ceil(vector.length / 8));
  vector.forEach((value, i) => {
    if (value > 0) signs[i >> 3]! |= 1 << (i & 7);
  });
  return signs;
}

/** [dimensions] int8. Each vector has a scale of its own, which is not kept: the angle between two of them needs none. */
export function codesOf(vector: Float32Array): Uint8Array {
  const largest = vector.reduce((max, value) => Math.max(max, Math.abs(value)), 1e-12);
  return new Uint8Array(Int8Array.from(vector, (value) => Math.round((127 * value) / largest)).buffer);
}

/** The direction that codes stand for; its codes are the same again. */
export function vectorOf(codes: Uint8Array): Float32Array {
  return Float32Array.from(new Int8Array(codes.buffer, codes.byteOffset, codes.length));
}
