// The vision tower's matrices as floats in a card's memory, where they are stored in 8 bits: its runs have thousands of rows, for which
// CUDA's kernel would make floats of them each time, a tenth of the run. Costs twice the bytes of the codes, on the card alone.
import { assert } from '../../errors.ts';
import { allocate } from '../ort/data-type.ts';
import type { Binding } from '../ort/binding.ts';
import type { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import type { MatrixShape } from '../qwen3-vl/graphs/expansion.ts';
import { loadExpansion, type LoadOptions, type ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';

/** 1 in float16. */
const ONE_HALF = 0x3c00;

export class ExpandedMatrices implements Disposable {
  readonly #tensors: ReadonlyMap<string, Tensor>;

  private constructor(tensors: ReadonlyMap<string, Tensor>) {
    this.#tensors = tensors;
  }

  /** What `session` takes as inputs, in its memory. Throws OrtError when memory runs out. */
  static async of(model: ModelFolder, session: Session, options: LoadOptions): Promise<ExpandedMatrices> {
    const shapes: MatrixShape[] = [];
    const stack = new DisposableStack();
    const tensors = new Map<string, Tensor>();
    for (const [name, { type, shape }] of session.inputs) {
      if (!model.weights.has(`${name}.q8`)) continue;
      const [inSize, outSize] = shape as [number, number];
      shapes.push({ name, inSize, outSize });
      tensors.set(name, stack.use(session.allocate(type, [inSize, outSize])));
    }
    if (shapes.length === 0) return new ExpandedMatrices(tensors);
    using _onFailure = stack;
    using expansion = await loadExpansion(model, shapes, options);
    using binding = expansion.bind();
    using identities = new DisposableStack();
    for (const [name, { type, shape }] of expansion.inputs) {
      const size = shape[0] as number;
      binding.bindInput(name, identities.use(Tensor.over(type, [size, size], identity(type, size))));
    }
    for (const [name, tensor] of tensors) binding.bindOutput(name, tensor);
    await binding.run();
    stack.move();
    return new ExpandedMatrices(tensors);
  }

  bind(binding: Binding): void {
    for (const [name, tensor] of this.#tensors) binding.bindInput(name, tensor);
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors.values()) tensor[Symbol.dispose]();
  }
}

function identity(type: string, size: number) {
  assert(type === 'float32' || type === 'float16', `an identity of ${type}`);
  const data = allocate(type, [size, size]);
  for (let i = 0; i < size; i++) data[i * size + i] = type === 'float16' ? ONE_HALF : 1;
  return data;
}
