// Copies between tensors on the CPU and on WebGPU's device, in the order of its runs.
import { addressOf, native } from './native.ts';
import type { Tensor } from './tensor.ts';

export interface TensorCopy {
  readonly from: Tensor;
  /** Of the same type and shape. */
  readonly to: Tensor;
}

/** Hands the copies over; elsewhere than on the CPU they are made before the next run. Throws OrtError. In the device's turn. */
export function sendTensors(copies: readonly TensorCopy[]): void {
  if (copies.length === 0) return;
  const { call, env } = native();
  const [from, to] = addressesOf(copies);
  call('CopyTensors', 'copy to the device', env, from, to, 0n, copies.length);
}

/** The same, when what the device still does is done; the event loop is free meanwhile. */
export async function fetchTensors(copies: readonly TensorCopy[]): Promise<void> {
  if (copies.length === 0) return;
  const { callAsync, env } = native();
  const [from, to] = addressesOf(copies);
  await callAsync('CopyTensors', 'copy from the device', env, addressOf(from), addressOf(to), 0n, copies.length);
}

function addressesOf(copies: readonly TensorCopy[]): [BigUint64Array, BigUint64Array] {
  const pointers = (side: 'from' | 'to') => BigUint64Array.from(copies, (copy) => copy[side].pointer);
  return [pointers('from'), pointers('to')];
}
