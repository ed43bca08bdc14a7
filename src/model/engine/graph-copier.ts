// Slots of caches [1, heads, slots, size] that only the device can touch: two tiny graphs move them, so that growing a cache never
// leaves the device.
import { GraphBuilder } from '../onnx/graph.ts';
import type { DataType } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { ArrayCopier } from './array-copier.ts';
import type { CacheCopier, UseRounded, UseSlots } from './slot-runs.ts';

export class GraphCopier implements CacheCopier {
  readonly #move: Session;
  readonly #take: Session;
  readonly #allocator: Session;
  readonly #onCpu = new ArrayCopier();

  private constructor(move: Session, take: Session, allocator: Session) {
    this.#move = move;
    this.#take = take;
    this.#allocator = allocator;
  }

  static async make(device: Device, type: DataType, allocator: Session): Promise<GraphCopier> {
    const move = await Session.fromBytes(moveGraph(type), { device });
    const take = await Session.fromBytes(takeGraph(type), { device });
    return new GraphCopier(move, take, allocator);
  }

  async move(from: Tensor, to: Tensor, count: number): Promise<void> {
    const [, heads, slots, size] = to.shape as [number, number, number, number];
    const restShape = [1, heads, slots - count, size];
    using rest = await this.#allocator.whenIdle(() => this.#allocator.allocate(to.type, restShape));
    await run(this.#move, { from, rest }, [0, count], to);
  }

  async take(from: Tensor, first: number, count: number): Promise<Tensor> {
    const [, heads, , size] = from.shape as [number, number, number, number];
    const taken = Tensor.zeros(from.type, [1, heads, count, size]);
    await run(this.#take, { from }, [first, first + count], taken);
    return taken;
  }

  async show(from: Tensor, count: number, use: UseSlots): Promise<void> {
    using taken = await this.take(from, 0, count);
    await this.#onCpu.show(taken, count, use);
  }

  fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    return this.#fillBy(to, count, (filled) => this.#onCpu.fill(filled, count, write));
  }

  async showRounded(from: Tensor, count: number, use: UseRounded): Promise<void> {
    using taken = await this.take(from, 0, count);
    await this.#onCpu.showRounded(taken, count, use);
  }

  fillRounded(to: Tensor, count: number, write: UseRounded): Promise<void> {
    return this.#fillBy(to, count, (filled) => this.#onCpu.fillRounded(filled, count, write));
  }

  async #fillBy(to: Tensor, count: number, fill: (filled: Tensor) => Promise<void>): Promise<void> {
    const [, heads, , size] = to.shape as [number, number, number, number];
    using filled = Tensor.zeros(to.type, [1, heads, count, size]);
    await fill(filled);
    await this.move(filled, to, count);
  }

  [Symbol.dispose](): void {
    this.#onCpu[Symbol.dispose]();
    this.#move[Symbol.dispose]();
    this.#take[Symbol.dispose]();
  }
}

/** Runs one of the graphs below for the slots [begin, end) of `from`. */
async function run(
  session: Session,
  inputs: { readonly from: Tensor; readonly rest?: Tensor },
  [first, last]: readonly [begin: number, end: number],
  to: Tensor,
): Promise<void> {
  using binding = session.bind();
  using begin = Tensor.over('int64', [1], BigInt64Array.of(BigInt(first)));
  using end = Tensor.over('int64', [1], BigInt64Array.of(BigInt(last)));
  for (const [name, tensor] of Object.entries({ ...inputs, begin, end })) binding.bindInput(name, tensor);
  binding.bindOutput('to', to);
  await binding.run();
}

/** to = the slots [begin, end) of `from`, then all of `rest`. */
function moveGraph(type: DataType): Uint8Array {
  const { graph, slots } = sliceGraph('cache-move', type);
  const rest = graph.input('rest', type, [1, 'heads', 'rest', 'size']);
  const [to] = graph.node('Concat', [slots, rest], { attributes: { axis: 2 } }, ['to']);
  graph.output(to!, type, [1, 'heads', 'to', 'size']);
  return graph.finish();
}

/** to = the slots [begin, end) of `from`. */
function takeGraph(type: DataType): Uint8Array {
  const { graph, slots } = sliceGraph('cache-take', type);
  const [to] = graph.node('Identity', [slots], {}, ['to']);
  graph.output(to!, type, [1, 'heads', 'to', 'size']);
  return graph.finish();
}

function sliceGraph(name: string, type: DataType) {
  const graph = new GraphBuilder(name);
  const from = graph.input('from', type, [1, 'heads', 'from', 'size']);
  const begin = graph.input('begin', 'int64', [1]);
  const end = graph.input('end', 'int64', [1]);
  const slots = graph.node('Slice', [from, begin, end, graph.constant('axes', 'int64', [1], [2])]);
  return { graph, slots };
}
