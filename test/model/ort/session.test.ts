import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dataTypes, type DataType } from '../../../src/model/ort/data-type.ts';
import { OrtError, ReleasedError, TensorMismatchError } from '../../../src/model/ort/errors.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { identityGraph, powerGraph, sumGraph, zerosGraph } from './graphs.ts';

const floats = (shape: number[], ...values: number[]) => Tensor.over('float32', shape, Float32Array.from(values));

describe('Session', () => {
  test('writes a run into the array given for an output', async () => {
    using session = await Session.fromBytes(sumGraph());
    const result = new Float32Array(3);
    const sum = Tensor.over('float32', [1, 3], result);
    await session.run({ a: floats([1, 3], 1, 2, 3), b: floats([1, 3], 10, 20, 30) }, { sum });
    expect([...result]).toEqual([11, 22, 33]);
  });

  test('gives an allocated output where null was asked for', async () => {
    using session = await Session.fromBytes(sumGraph());
    const { sum } = await session.run(
      { a: floats([2, 3], 1, 2, 3, 4, 5, 6), b: floats([2, 3], 1, 1, 1, 1, 1, 1) },
      { sum: null },
    );
    expect(sum.shape).toEqual([2, 3]);
    expect([...sum.data]).toEqual([2, 3, 4, 5, 6, 7]);
    sum[Symbol.dispose]();
  });

  test.each(['float16', 'bfloat16', 'float32', 'uint8', 'int8', 'int32', 'int64', 'bool'] as DataType[])(
    'carries %s through a graph bit for bit',
    async (type) => {
      using session = await Session.fromBytes(identityGraph(type, [2]));
      const input = new dataTypes[type].Array(2);
      new Uint8Array(input.buffer).fill(1);
      const output = new dataTypes[type].Array(2);
      await session.run({ x: Tensor.over(type, [2], input) }, { y: Tensor.over(type, [2], output) });
      expect(output).toEqual(input);
    },
  );

  test('a run on one thread gives what several threads give: the calling thread has stack enough for the kernels', async () => {
    const data = Float32Array.from({ length: 256 * 256 }, (_, i) => ((i % 7) - 3) / 256);
    using x = Tensor.over('float32', [256, 256], data);
    const results: Tensor[] = [];
    for (const threads of [1, 2]) {
      using session = await Session.fromBytes(powerGraph(256, 4), { threads });
      results.push(Object.values(await session.run({ x }, { [[...session.outputs.keys()][0]!]: null }))[0]!);
    }
    expect(results[0]!.data).toEqual(results[1]!.data);
  });

  test('leaves the event loop free while it runs', async () => {
    using session = await Session.fromBytes(powerGraph(512, 20));
    const name = [...session.outputs.keys()][0]!;
    using x = Tensor.zeros('float32', [512, 512]);
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await session.run({ x }, { [name]: null });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  test('an aborted run rejects with the reason, and the next run works', async () => {
    using session = await Session.fromBytes(powerGraph(512, 400));
    const name = [...session.outputs.keys()][0]!;
    using x = Tensor.zeros('float32', [512, 512]);
    const controller = new AbortController();
    const run = session.run({ x }, { [name]: null }, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 20);
    await expect(run).rejects.toThrow('enough');
    await expect(session.run({ x }, { [name]: null }, AbortSignal.abort(new Error('never begun')))).rejects.toThrow(
      'never begun',
    );
    using small = await Session.fromBytes(sumGraph());
    await small.run({ a: floats([1, 3], 1, 2, 3), b: floats([1, 3], 1, 2, 3) }, { sum: null });
  });

  test('memory that no machine has is refused with a remedy, and the same session goes on', async () => {
    using session = await Session.fromBytes(zerosGraph());
    const length = (count: bigint) => ({ x: Tensor.over('int64', [1], BigInt64Array.of(count)) });
    // 2^50 bytes: more than an address space holds, so nothing is taken from the machine.
    const error: unknown = await session.run(length(1n << 48n), { y: null }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OrtError);
    expect(error).toMatchObject({ remedy: expect.stringContaining('There was not enough memory') as string });
    const { y } = await session.run(length(3n), { y: null });
    expect([...y.data]).toEqual([0, 0, 0]);
    y[Symbol.dispose]();
  });

  test('wrong names, types and shapes are refused before anything runs, each with both sides named', async () => {
    using session = await Session.fromBytes(sumGraph());
    const a = floats([1, 3], 1, 2, 3);
    await expect(session.run({ a }, { sum: null })).rejects.toThrow('Input b is missing');
    await expect(session.run({ a, b: a, c: a }, { sum: null })).rejects.toThrow(
      'The graph has no input c; it has a, b',
    );
    await expect(session.run({ a, b: floats([1, 4], 1, 2, 3, 4) }, { sum: null })).rejects.toThrow(
      'Input b is float32[rows,3], and float32[1,4] was given',
    );
    await expect(session.run({ a, b: floats([2, 3], 1, 2, 3, 4, 5, 6) }, { sum: null })).rejects.toThrow(
      'where rows is 1 in a',
    );
    const doubles = Tensor.over('float64', [1, 3], new Float64Array(3));
    await expect(session.run({ a, b: doubles }, { sum: null })).rejects.toThrow('float64[1,3] was given');
    await expect(session.run({ a, b: a }, { sum: floats([2, 3], 0, 0, 0, 0, 0, 0) })).rejects.toThrow(
      TensorMismatchError,
    );
    await expect(session.run({ a, b: a }, { total: null })).rejects.toThrow('The graph has no output total');
  });

  test('an array of the wrong kind or length makes no tensor, and a transferred one is refused', async () => {
    expect(() => Tensor.over('float32', [2], new Float64Array(2))).toThrow(
      'lies over Float32Array, not over Float64Array',
    );
    expect(() => Tensor.over('float32', [2, 2], new Float32Array(3))).toThrow('needs 4 array elements, not 3');
    using session = await Session.fromBytes(identityGraph('float32', ['n']));
    const data = new Float32Array(8);
    using x = Tensor.over('float32', [8], data);
    structuredClone(data.buffer, { transfer: [data.buffer] });
    await expect(session.run({ x }, { y: null })).rejects.toThrow('has been transferred away');
  });

  test('what has been released can no longer be used', async () => {
    const session = await Session.fromBytes(identityGraph('float32', [1]));
    const x = floats([1], 1);
    x[Symbol.dispose]();
    await expect(session.run({ x }, { y: null })).rejects.toThrow(ReleasedError);
    session[Symbol.dispose]();
    session[Symbol.dispose]();
    await expect(session.run({ x: floats([1], 1) }, { y: null })).rejects.toThrow(ReleasedError);
  });

  test('a session and its tensors released during a run live until the run ends', async () => {
    const session = await Session.fromBytes(powerGraph(256, 20));
    const x = Tensor.over('float32', [256, 256], new Float32Array(256 * 256).fill(1 / 256));
    const name = [...session.outputs.keys()][0]!;
    const run = session.run({ x }, { [name]: null });
    x[Symbol.dispose]();
    session[Symbol.dispose]();
    const result = (await run)[name]!;
    expect((result.data as Float32Array)[0]).toBeCloseTo(1 / 256, 6);
  });

  test('a file that is missing, empty or no graph at all is an error that names it, with a remedy', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lectern-session-'));
    const broken = join(folder, 'broken.onnx');
    writeFileSync(broken, 'this is no protobuf');
    for (const path of [join(folder, 'missing.onnx'), broken]) {
      const error = await Session.load(path).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(OrtError);
      expect(error).toMatchObject({ code: 'MODEL_FILE_BROKEN' });
      expect((error as OrtError).message).toContain(path);
    }
    rmSync(folder, { recursive: true });
  });
});

describe('Binding', () => {
  test('one tensor bound as input and output is rewritten in place, run after run', async () => {
    using session = await Session.fromBytes(sumGraph());
    using binding = session.bind();
    const total = Float32Array.of(0, 0, 0);
    const tensor = Tensor.over('float32', [1, 3], total);
    binding.bindInput('a', tensor);
    binding.bindInput('b', floats([1, 3], 1, 2, 3));
    binding.bindOutput('sum', tensor);
    for (let i = 0; i < 4; i++) await binding.run();
    expect([...total]).toEqual([4, 8, 12]);
  });

  test('a run with an input unbound or of another shape is refused', async () => {
    using session = await Session.fromBytes(sumGraph());
    using binding = session.bind();
    binding.bindInput('a', floats([1, 3], 1, 2, 3));
    await expect(binding.run()).rejects.toThrow('Input b is missing');
    binding.bindInput('b', floats([2, 3], 1, 2, 3, 4, 5, 6));
    await expect(binding.run()).rejects.toThrow(TensorMismatchError);
    expect(() => binding.bindInput('c', floats([1], 1))).toThrow(OrtError);
  });
});
