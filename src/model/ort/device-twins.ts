// Tensors that stay on WebGPU's device from run to run, each with a twin on the CPU: what a recorded run reads and writes must lie where
// it was, and what is bound from the CPU is another buffer at every run.
import { allocate, byteLengthOf, type DataType } from './data-type.ts';
import type { Session } from './session.ts';
import type { TensorCopy } from './tensor-copy.ts';
import { Tensor } from './tensor.ts';
import { TransferBuffer, type Layout, type Place, type Transfer } from './transfer-buffer.ts';

export class DeviceTwins implements Transfer {
  readonly #session: Session;
  /** On the CPU, by their twins. */
  readonly #onCpu = new Map<Tensor, Tensor>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Throws OrtError when memory runs out. In the device's turn, see Session.whenIdle. */
  places<Name extends string>(layout: Layout<Name>): Record<Name, Place> {
    const entries = Object.entries(layout) as [Name, readonly [DataType, readonly number[]]][];
    return Object.fromEntries(
      entries.map(([name, [type, shape]]) => {
        const array = allocate(type, shape);
        const tensor = this.#session.allocate(type, shape);
        this.#onCpu.set(tensor, Tensor.over(type, shape, array));
        return [name, { tensor, array, byteOffset: 0, byteLength: byteLengthOf(type, shape) }];
      }),
    ) as Record<Name, Place>;
  }

  upload(): TensorCopy[] {
    return [...this.#onCpu].map(([tensor, onCpu]) => ({ from: onCpu, to: tensor }));
  }

  download({ tensor }: Place): TensorCopy[] {
    return [{ from: tensor, to: this.#onCpu.get(tensor)! }];
  }

  [Symbol.dispose](): void {
    for (const onCpu of this.#onCpu.values()) onCpu[Symbol.dispose]();
  }
}

/** Room for these tensors on the session's device; `tailBytes` as in TransferBuffer. Throws OrtError or CudaError when memory runs out. */
export function transferRoom(session: Session, layout: Layout<string>, tailBytes = 0): Transfer {
  if (session.device === 'webgpu') return new DeviceTwins(session);
  return new TransferBuffer(session.device, TransferBuffer.sizeOf(Object.values(layout)), tailBytes);
}
