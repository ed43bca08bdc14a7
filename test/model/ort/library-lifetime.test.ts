import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { native } from '../../../src/model/ort/native.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { Tensor } from '../../../src/model/ort/tensor.ts';
import { identityGraph } from './graphs.ts';

// koffi closes a library with its handle; without a handle kept, this ends the process with a segmentation fault.
test('the library stays loaded when everything but its functions has been collected', async () => {
  expect(native().version).not.toBe('');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  using session = await Session.fromBytes(identityGraph('float32', [1]), { threads: 1 });
  const { y } = await session.run({ x: Tensor.over('float32', [1], Float32Array.of(4)) }, { y: null });
  expect([...y.data]).toEqual([4]);
});
