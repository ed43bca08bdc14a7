import { describe, expect, test } from 'vitest';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { powerGraph, sumGraph } from './graphs.ts';
import { isWebGpuThere } from './webgpu.ts';

describe.runIf(await isWebGpuThere())('on WebGPU', () => {
  test('sessions that run at the same time, take memory and free it, each give their own results', async () => {
    const SIZE = 64;
    const work = async (seed: number) => {
      using session = await Session.fromBytes(powerGraph(SIZE, 8), { device: 'webgpu' });
      const output = [...session.outputs.keys()][0]!;
      using binding = session.bind();
      const results: number[] = [];
      for (let i = 0; i < 12; i++) {
        const elements = new Float32Array(SIZE * SIZE);
        const result = new Float32Array(SIZE * SIZE);
        // The ninth power of a diagonal.
        for (let k = 0; k < SIZE; k++) elements[k * SIZE + k] = seed;
        using x = Tensor.over('float32', [SIZE, SIZE], elements);
        using y = Tensor.over('float32', [SIZE, SIZE], result);
        binding.bindInput('x', x);
        binding.bindOutput(output, y);
        using _room = await session.whenIdle(() => session.allocate('float32', [1 + i, 1000]));
        await binding.run();
        results.push(result[SIZE + 1]!);
      }
      return results;
    };
    const all = await Promise.all([1, 1.25, 1.5, 2].map(work));
    expect(all).toEqual([1, 1.25, 1.5, 2].map((seed) => new Array<number>(12).fill(seed ** 9)));
  });

  test('what lies on the CPU is read when the run begins, a constant once', async () => {
    using session = await Session.fromBytes(sumGraph(), { device: 'webgpu' });
    using binding = session.bind();
    const [a, b, result] = [new Float32Array(3), new Float32Array(3), new Float32Array(3)];
    using aTensor = Tensor.over('float32', [1, 3], a);
    using bTensor = Tensor.over('float32', [1, 3], b);
    using sum = Tensor.over('float32', [1, 3], result);
    binding.bindInput('a', aTensor);
    binding.bindInput('b', bTensor, { constant: true });
    binding.bindOutput('sum', sum);
    a.fill(1);
    b.fill(10);
    await binding.run();
    expect([...result]).toEqual([11, 11, 11]);
    a.fill(2);
    await binding.run();
    expect([...result]).toEqual([12, 12, 12]);
  });
});
