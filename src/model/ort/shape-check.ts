// Compares tensors with what a graph declares, and symbolic sizes with each other, before anything native sees them.
import { tensorText } from './data-type.ts';
import { TensorMismatchError } from './errors.ts';
import type { ValueInfo } from './metadata.ts';
import type { Tensor } from './tensor.ts';

interface Declared {
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
}

/** Throws TensorMismatchError unless every input is fed, every name is known and every type and shape fits. */
export function checkTensors(
  { inputs, outputs }: Declared,
  feeds: Readonly<Record<string, Tensor>>,
  fetches: Readonly<Record<string, Tensor | null>>,
): void {
  const symbols = new Map<string, { size: number; name: string }>();
  for (const name of inputs.keys()) {
    if (!Object.hasOwn(feeds, name)) throw new TensorMismatchError(`Input ${name} is missing`);
  }
  for (const [name, tensor] of Object.entries(feeds)) checkTensor('Input', inputs, name, tensor, symbols);
  for (const [name, tensor] of Object.entries(fetches)) {
    if (tensor) checkTensor('Output', outputs, name, tensor, symbols);
    else if (!outputs.has(name)) throw new TensorMismatchError(`The graph has no output ${name}`);
  }
}

/** Checks one tensor against its declaration and the symbols met so far in the same run, which it adds to. */
function checkTensor(
  side: 'Input' | 'Output',
  declared: ReadonlyMap<string, ValueInfo>,
  name: string,
  tensor: Tensor,
  symbols: Map<string, { size: number; name: string }>,
): void {
  const info = declared.get(name);
  if (!info) {
    throw new TensorMismatchError(
      `The graph has no ${side.toLowerCase()} ${name}; it has ${[...declared.keys()].join(', ')}`,
    );
  }
  tensor.checkUsable();
  const expected = `${side} ${name} is ${info.type}[${info.shape.map((size) => size ?? '?').join(',')}]`;
  const given = tensorText(tensor.type, tensor.shape);
  if (tensor.type !== info.type || tensor.shape.length !== info.shape.length) {
    throw new TensorMismatchError(`${expected}, and ${given} was given`);
  }
  info.shape.forEach((size, axis) => {
    const actual = tensor.shape[axis]!;
    if (typeof size === 'number' && size !== actual)
      throw new TensorMismatchError(`${expected}, and ${given} was given`);
    if (typeof size !== 'string') return;
    const known = symbols.get(size);
    if (known && known.size !== actual) {
      throw new TensorMismatchError(
        `${expected}, and ${given} was given, where ${size} is ${known.size} in ${known.name}`,
      );
    }
    symbols.set(size, { size: actual, name });
  });
}
