import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { GraphBuilder } from '../../../src/model/onnx/graph.ts';
import { writeWeightFile, type Weight } from '../../../src/model/onnx/weight-file.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';

const folder = mkdtempSync(join(tmpdir(), 'lectern-weights-'));
afterAll(() => rmSync(folder, { recursive: true }));

function weight(name: string, values: Float32Array, pieces = 1): Weight {
  const bytes = new Uint8Array(values.buffer);
  return {
    name,
    type: 'float32',
    shape: [values.length],
    async *produce() {
      const step = Math.ceil(bytes.length / pieces / 4) * 4;
      for (let start = 0; start < bytes.length; start += step) yield bytes.subarray(start, start + step);
    },
  };
}

test('a graph adds a weight of the file beside it, small or large enough to be mapped', async () => {
  const path = join(folder, 'weights.bin');
  const small = weight('small', Float32Array.of(1, 2));
  const large = weight('large', new Float32Array(300_000).fill(3), 7);
  const progress: number[] = [];
  const { layout, sha256 } = await writeWeightFile(path, [[small], [large]], {
    onProgress: (done) => progress.push(done),
  });
  expect(layout.get('large')!.offset % 65_536).toBe(0);
  expect(progress.at(-1)).toBe(8 + 1_200_000);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);

  const graph = new GraphBuilder('sum', layout, 'weights.bin');
  const x = graph.input('x', 'float32', [1]);
  const outputs = ['small', 'large'].map((name) => {
    const [sum] = graph.node('Add', [graph.weight(name), x], {}, [`${name}_sum`]);
    graph.output(sum!, 'float32', [name === 'small' ? 2 : 300_000]);
    return `${name}_sum`;
  });
  writeFileSync(join(folder, 'sum.onnx'), graph.finish());
  using session = await Session.load(join(folder, 'sum.onnx'));
  const results = await session.run(
    { x: Tensor.over('float32', [1], Float32Array.of(10)) },
    { [outputs[0]!]: null, [outputs[1]!]: null },
  );
  expect([...results[outputs[0]!]!.data]).toEqual([11, 12]);
  expect(new Set(results[outputs[1]!]!.data as Float32Array)).toEqual(new Set([13]));
});

test('the hash is of names and bytes, so equal weights have equal hashes and others not', async () => {
  const write = async (name: string, value: number) =>
    (await writeWeightFile(join(folder, 'hash.bin'), [[weight(name, Float32Array.of(value))]])).sha256;
  expect(await write('a', 1)).toBe(await write('a', 1));
  expect(await write('a', 1)).not.toBe(await write('a', 2));
  expect(await write('a', 1)).not.toBe(await write('b', 1));
});

test('an interrupted write leaves nothing behind, and an older whole file as it was', async () => {
  const path = join(folder, 'kept.bin');
  await writeWeightFile(path, [[weight('a', Float32Array.of(7))]]);
  const before = readFileSync(path);
  const controller = new AbortController();
  const stopping: Weight = {
    ...weight('b', new Float32Array(8)),
    async *produce() {
      yield new Uint8Array(16);
      controller.abort(new Error('stopped'));
      yield new Uint8Array(16);
    },
  };
  await expect(writeWeightFile(path, [[stopping]], { signal: controller.signal })).rejects.toThrow('stopped');
  expect(readFileSync(path)).toEqual(before);
  expect(existsSync(`${path}.part`)).toBe(false);
});

test('a weight whose bytes are not what its shape says is refused', async () => {
  const short = { ...weight('a', Float32Array.of(1, 2)), shape: [3] };
  await expect(writeWeightFile(join(folder, 'short.bin'), [[short]])).rejects.toThrow('a has 8 bytes, not 12');
  await expect(writeWeightFile(join(folder, 'twice.bin'), [[short], [short]])).rejects.toThrow('written twice');
});
