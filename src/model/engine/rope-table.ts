// Rotary rows where WebGPU's attention kernel reads them: for the token in slot n of a cache, row n of a table on the device. A run
// writes the rows of its own tokens before they are read and no others are, so that all caches of a session share one table.
import type { Binding } from '../ort/binding.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';

const parts = ['cos', 'sin'] as const;

export class RopeTable implements Disposable {
  readonly #tensors: readonly Tensor[];

  /** `slots`: the longest sequence; `half`: half of a head. Throws OrtError when memory runs out. */
  constructor(session: Session, slots: number, half: number) {
    this.#tensors = parts.map((part) => session.allocate(session.inputs.get(`${part}_table`)!.type, [slots, half]));
  }

  /** To be written in place. */
  bind(binding: Binding): void {
    parts.forEach((part, i) => {
      binding.bindInput(`${part}_table`, this.#tensors[i]!);
      binding.bindOutput(`${part}_table.written`, this.#tensors[i]!);
    });
  }

  [Symbol.dispose](): void {
    for (const tensor of this.#tensors) tensor[Symbol.dispose]();
  }
}
