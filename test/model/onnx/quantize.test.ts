import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/model/onnx/graph.ts';
import { quantizeRows } from '../../../src/model/onnx/quantize.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { dequantizeRows } from './dequantize.ts';

/** Numbers like weights: roughly normal, the same every time. */
function weights(count: number, seed: number): Float32Array {
  let state = seed;
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return Float32Array.from({ length: count }, () => (next() + next() + next() + next() - 2) * 0.05);
}

function relativeRms(values: Float32Array, reference: Float32Array): number {
  let error = 0;
  let total = 0;
  for (let i = 0; i < reference.length; i++) {
    error += (values[i]! - reference[i]!) ** 2;
    total += reference[i]! ** 2;
  }
  return Math.sqrt(error / total);
}

describe('quantizeRows', () => {
  test.each([
    [4, 0.09],
    [8, 0.006],
  ] as const)('%d bits in blocks of 32 keep normal weights within a relative error of %d', (bits, limit) => {
    const values = weights(64 * 256, 7);
    const restored = dequantizeRows(quantizeRows(values, 256, bits, 32), 256, bits, 32);
    expect(relativeRms(restored, values)).toBeLessThan(limit);
    expect(relativeRms(restored, values)).toBeGreaterThan(limit / 3);
  });

  test('values on a grid of 16 steps come back exactly, and a block of zeros as zeros', () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => (i < 32 ? ((i % 16) - 8) / 4 : 0));
    expect(dequantizeRows(quantizeRows(values, 64, 4, 32), 64, 4, 32)).toEqual(values);
  });

  test('a row of 72 values takes three blocks of 32, the last one padded', () => {
    const values = weights(2 * 72, 3);
    const { codes, scales } = quantizeRows(values, 72, 4, 32);
    expect(codes.length).toBe(2 * 3 * 16);
    expect(scales.length).toBe(2 * 3);
    expect(relativeRms(dequantizeRows({ codes, scales }, 72, 4, 32), values)).toBeLessThan(0.1);
  });
});

describe('what ONNX Runtime computes from the codes is what dequantizeRows says', () => {
  test.each([4, 8] as const)('MatMulNBits, %d bits, 72 inputs (two and a quarter blocks)', async (bits) => {
    const [rows, inputs, outputs, blockSize, blocks] = [3, 72, 16, 32, 3];
    const matrix = weights(outputs * inputs, 11);
    const quantized = quantizeRows(matrix, inputs, bits, blockSize);
    const rounded = dequantizeRows(quantized, inputs, bits, blockSize);
    const x = weights(rows * inputs, 13);

    const graph = new GraphBuilder('product');
    const codesShape = [outputs, blocks, (blockSize * bits) / 8];
    const attributes = { K: inputs, N: outputs, bits, block_size: blockSize, accuracy_level: 0 };
    const scales = graph.node('Cast', [graph.input('scales', 'float16', [outputs * blocks])], {
      attributes: { to: 1 },
    });
    const values = [graph.input('x', 'float32', [rows, inputs]), graph.input('codes', 'uint8', codesShape), scales];
    const y = graph.contrib('MatMulNBits', values, attributes);
    graph.output(y, 'float32', [rows, outputs]);
    using session = await Session.fromBytes(graph.finish());
    const result = await session.run(
      {
        x: Tensor.over('float32', [rows, inputs], x),
        codes: Tensor.over('uint8', codesShape, quantized.codes),
        scales: Tensor.over('float16', [outputs * blocks], quantized.scales),
      },
      { [y]: null },
    );
    const expected = Float32Array.from({ length: rows * outputs }, (_, i) => {
      const [row, out] = [Math.floor(i / outputs), i % outputs];
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += x[row * inputs + k]! * rounded[out * inputs + k]!;
      return sum;
    });
    expect(relativeRms(result[y]!.data as Float32Array, expected)).toBeLessThan(1e-5);
  });

  test.each([4, 8] as const)('GatherBlockQuantized, %d bits', async (bits) => {
    const table = weights(10 * 64, 17);
    const quantized = quantizeRows(table, 64, bits, 32);
    const rounded = dequantizeRows(quantized, 64, bits, 32);
    const graph = new GraphBuilder('rows');
    const codes = graph.input('codes', 'uint8', [10, (64 * bits) / 8]);
    const ids = graph.input('ids', 'int32', [2]);
    const scales = graph.node('Cast', [graph.input('scales', 'float16', [10, 2])], { attributes: { to: 1 } });
    const y = graph.contrib('GatherBlockQuantized', [codes, ids, scales], {
      bits,
      block_size: 32,
      gather_axis: 0,
      quantize_axis: 1,
    });
    graph.output(y, 'float32', [2, 64]);
    using session = await Session.fromBytes(graph.finish());
    const result = await session.run(
      {
        codes: Tensor.over('uint8', [10, (64 * bits) / 8], quantized.codes),
        ids: Tensor.over('int32', [2], Int32Array.of(7, 2)),
        scales: Tensor.over('float16', [10, 2], quantized.scales),
      },
      { [y]: null },
    );
    const expected = Float32Array.from([...rounded.subarray(7 * 64, 8 * 64), ...rounded.subarray(2 * 64, 3 * 64)]);
    expect(relativeRms(result[y]!.data as Float32Array, expected)).toBeLessThan(1e-6);
  });
});
