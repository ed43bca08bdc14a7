// The positions in ONNX Runtime's function table are ours to get right: each is called once, and what it answers is what only
// that function could have answered.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OrtError } from '../../../src/model/ort/errors.ts';
import { addressOf, CStrings, native, readString, returned, viewMemory } from '../../../src/model/ort/native.ts';
import { identityGraph } from './graphs.ts';

const { call, callAsync, release, env, version } = native();
const FLOAT = 1;

function made(name: Parameters<typeof call>[0], ...args: Parameters<typeof call>[2][]): bigint {
  return returned((out) => call(name, name, ...args, out));
}

describe('ONNX Runtime function table', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-ort-'));
  const graph = identityGraph('float32', ['n', 2]);
  let session: bigint;
  let memory: bigint;

  beforeAll(() => {
    const options = made('CreateSessionOptions');
    call('SetSessionGraphOptimizationLevel', 'set', options, 1);
    call('SetIntraOpNumThreads', 'set', options, 2);
    call('AddSessionConfigEntry', 'set', options, 'session.disable_prepacking', '1');
    call('EnableProfiling', 'set', options, join(folder, 'trace'));
    session = made('CreateSessionFromArray', env, graph, graph.byteLength, options);
    release('ReleaseSessionOptions', options);
    memory = made('CreateCpuMemoryInfo', 0, 0);
  });

  afterAll(() => {
    release('ReleaseMemoryInfo', memory);
    release('ReleaseSession', session);
    rmSync(folder, { recursive: true });
  });

  test('the library is version 1.27 or newer', () => {
    expect(Number(version.split('.')[1])).toBeGreaterThanOrEqual(27);
  });

  test('indices 30 to 37, 55, 60 to 63, 76, 78, 98: a session tells the names, types and symbols of its values', () => {
    const allocator = made('GetAllocatorWithDefaultOptions');
    for (const side of ['Input', 'Output'] as const) {
      expect(made(`SessionGet${side}Count`, session)).toBe(1n);
      const name = made(`SessionGet${side}Name`, session, 0, allocator);
      expect(readString(name)).toBe(side === 'Input' ? 'x' : 'y');
      call('AllocatorFree', 'free', allocator, name);
      const type = made(`SessionGet${side}TypeInfo`, session, 0);
      const tensor = made('CastTypeInfoToTensorInfo', type);
      const code = new Int32Array(1);
      call('GetTensorElementType', 'read', tensor, code);
      expect(code[0]).toBe(FLOAT);
      expect(made('GetDimensionsCount', tensor)).toBe(2n);
      const sizes = new BigInt64Array(2);
      call('GetDimensions', 'read', tensor, sizes, 2);
      expect([...sizes]).toEqual([-1n, 2n]);
      const symbols = new BigUint64Array(2);
      call('GetSymbolicDimensions', 'read', tensor, symbols, 2);
      expect(readString(symbols[0]!)).toBe('n');
      release('ReleaseTypeInfo', type);
    }
  });

  test('indices 49, 51, 65, 71, 96, 99, 194: a tensor lies over our memory and describes itself', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const value = made(
      'CreateTensorWithDataAsOrtValue',
      memory,
      addressOf(data),
      16,
      BigInt64Array.of(2n, 2n),
      2,
      FLOAT,
    );
    expect(made('GetTensorMutableData', value)).toBe(addressOf(data));
    const info = made('GetTensorTypeAndShape', value);
    expect(made('GetDimensionsCount', info)).toBe(2n);
    release('ReleaseTensorTypeAndShapeInfo', info);
    const where = made('GetTensorMemoryInfo', value);
    expect(readString(made('MemoryInfoGetName', where))).toBe('Cpu');
    release('ReleaseValue', value);
  });

  test('indices 48, 68, 94, 131, 132: an allocator of the session makes a tensor that can be written', () => {
    const named = made('CreateMemoryInfo', 'Cpu', 0, 0, 0);
    const allocator = made('CreateAllocator', session, named);
    const value = made('CreateTensorAsOrtValue', allocator, BigInt64Array.of(3n), 1, FLOAT);
    const elements = new Float32Array(viewMemory(made('GetTensorMutableData', value), 12));
    elements.set([7, 8, 9]);
    expect([...elements]).toEqual([7, 8, 9]);
    release('ReleaseValue', value);
    release('ReleaseAllocator', allocator);
    release('ReleaseMemoryInfo', named);
  });

  test('indices 9, 39, 46, 97, 165: a run says that it was terminated, and the next one runs', async () => {
    const data = Float32Array.of(5, 6);
    const x = made('CreateTensorWithDataAsOrtValue', memory, addressOf(data), 8, BigInt64Array.of(1n, 2n), 2, FLOAT);
    const [terminated, runOptions] = [made('CreateRunOptions'), made('CreateRunOptions')];
    call('AddRunConfigEntry', 'set', runOptions, 'disable_synchronize_execution_providers', '0');
    const names = [new CStrings(['x']), new CStrings(['y'])] as const;
    const inputs = BigUint64Array.of(x);
    const outputs = new BigUint64Array(1);
    const run = (options: bigint) =>
      callAsync(
        'Run',
        'run',
        session,
        options,
        addressOf(names[0].pointers),
        addressOf(inputs),
        1,
        addressOf(names[1].pointers),
        1,
        addressOf(outputs),
      );
    call('RunOptionsSetTerminate', 'cancel', terminated);
    await expect(run(terminated)).rejects.toThrow(/terminate/i);
    await run(runOptions);
    const y = new Float32Array(viewMemory(made('GetTensorMutableData', outputs[0]!), 8));
    expect([...y]).toEqual([5, 6]);
    release('ReleaseValue', outputs[0]!);
    release('ReleaseValue', x);
    for (const options of [terminated, runOptions]) release('ReleaseRunOptions', options);
  });

  test('indices 133 to 137, 141, 142: a binding runs with bound tensors, and has none after it is cleared', () => {
    const data = Float32Array.of(3, 4);
    const x = made('CreateTensorWithDataAsOrtValue', memory, addressOf(data), 8, BigInt64Array.of(1n, 2n), 2, FLOAT);
    const target = new Float32Array(2);
    const y = made('CreateTensorWithDataAsOrtValue', memory, addressOf(target), 8, BigInt64Array.of(1n, 2n), 2, FLOAT);
    const binding = made('CreateIoBinding', session);
    const runOptions = made('CreateRunOptions');
    call('BindInput', 'bind', binding, 'x', x);
    call('BindOutput', 'bind', binding, 'y', y);
    call('RunWithBinding', 'run', session, runOptions, binding);
    expect([...target]).toEqual([3, 4]);

    release('ClearBoundInputs', binding);
    expect(() => call('RunWithBinding', 'run', session, runOptions, binding)).toThrow(OrtError);
    release('ClearBoundOutputs', binding);
    release('ReleaseRunOptions', runOptions);
    release('ReleaseIoBinding', binding);
    release('ReleaseValue', x);
    release('ReleaseValue', y);
  });

  test('indices 2, 7, 93: a missing model file comes back as a message that names it', () => {
    const options = made('CreateSessionOptions');
    const missing = join(folder, 'no-such-model.onnx');
    expect(() => made('CreateSession', env, missing, options)).toThrow(/no-such-model\.onnx/);
    release('ReleaseSessionOptions', options);
  });

  test('indices 3, 14, 95, 100: a profiled session leaves its trace when it is released', () => {
    const options = made('CreateSessionOptions');
    call('EnableProfiling', 'set', options, join(folder, 'second'));
    release('ReleaseSession', made('CreateSessionFromArray', env, graph, graph.byteLength, options));
    release('ReleaseSessionOptions', options);
    expect(readdirSync(folder).filter((name) => name.startsWith('second'))).toHaveLength(1);
  });

  test('indices 204 to 206, 208, 216: GPU providers answer with a message of their own', () => {
    const options = made('CreateSessionOptions');
    expect(() => call('SessionOptionsAppendExecutionProvider', 'append', options, 'NoSuchProvider', 0n, 0n, 0)).toThrow(
      /NoSuchProvider/,
    );
    const cuda = made('CreateCUDAProviderOptions');
    const keys = new CStrings(['device_id']);
    const values = new CStrings(['0']);
    const uses: (() => void)[] = [
      () => call('UpdateCUDAProviderOptions', 'update', cuda, keys.pointers, values.pointers, 1),
      () => call('SessionOptionsAppendExecutionProvider_CUDA_V2', 'append', options, cuda),
    ];
    for (const use of uses) {
      try {
        use();
      } catch (error) {
        // Without the provider's libraries each of them names what it could not load.
        expect((error as Error).message).toMatch(/libonnxruntime_providers|cuda|cublas|cudnn/i);
      }
    }
    release('ReleaseCUDAProviderOptions', cuda);
    release('ReleaseSessionOptions', options);
  });

  test('indices 386, 421: copying wants a device on one side, and a session forgets a recording that it never made', () => {
    const [from, to] = [Float32Array.of(1, 2), Float32Array.of(0, 0)];
    const [source, target] = [from, to].map((data) =>
      made('CreateTensorWithDataAsOrtValue', memory, addressOf(data), 8, BigInt64Array.of(2n), 1, FLOAT),
    );
    const copy = () => call('CopyTensors', 'copy', env, BigUint64Array.of(source!), BigUint64Array.of(target!), 0n, 1);
    expect(copy).toThrow(/Data transfer implementation/);
    for (const value of [source, target]) release('ReleaseValue', value!);
    call('SessionReleaseCapturedGraph', 'forget', session, 1);
  });
});
