import { expect, it } from 'vitest';
import { namesGpu } from '../../../src/model/ort/device.ts';

it('tells a machine with a GPU by the devices it has', () => {
  for (const gpu of ['dri', 'nvidia0', 'nvidia12', 'dxg', 'kgsl-3d0', 'mali0'])
    expect(namesGpu(['null', gpu, 'tty']), gpu).toBe(true);
  expect(namesGpu(['null', 'nvidiactl', 'random', 'fd', 'shm'])).toBe(false);
});
