// What a graph says of its inputs and outputs: name, element type, sizes with the names of the symbolic ones.
import { assert } from '../../errors.ts';
import { native, readString, returned, type Pointer } from './native.ts';
import { readTypeAndShape } from './tensor.ts';
import type { DataType } from './data-type.ts';

export interface ValueInfo {
  readonly name: string;
  readonly type: DataType;
  /** A number is that size exactly; a string is a symbol that has one value within a run; null is any size. */
  readonly shape: readonly (number | string | null)[];
}

const functions = {
  input: { count: 'SessionGetInputCount', name: 'SessionGetInputName', type: 'SessionGetInputTypeInfo' },
  output: { count: 'SessionGetOutputCount', name: 'SessionGetOutputName', type: 'SessionGetOutputTypeInfo' },
} as const;

/** Inputs or outputs of a session, in the graph's order, by name. */
export function describeValues(session: Pointer, side: 'input' | 'output'): ReadonlyMap<string, ValueInfo> {
  const { call, release } = native();
  const action = `describe the graph's ${side}s`;
  const allocator = returned((out) => call('GetAllocatorWithDefaultOptions', action, out)); // the library's own, never released
  const count = Number(returned((out) => call(functions[side].count, action, session, out)));
  const values = new Map<string, ValueInfo>();
  for (let i = 0; i < count; i++) {
    const namePointer = returned((out) => call(functions[side].name, action, session, i, allocator, out));
    const name = readString(namePointer);
    call('AllocatorFree', action, allocator, namePointer);
    const typeInfo = returned((out) => call(functions[side].type, action, session, i, out));
    const tensorInfo = returned((out) => call('CastTypeInfoToTensorInfo', action, typeInfo, out)); // lives inside typeInfo
    const { type, shape, symbols } = readTypeAndShape(tensorInfo);
    release('ReleaseTypeInfo', typeInfo);
    assert(type !== undefined, `${side} ${name} has an element type that no graph of ours has`);
    values.set(name, { name, type, shape: shape.map((size, axis) => (size >= 0 ? size : symbols[axis] || null)) });
  }
  return values;
}
