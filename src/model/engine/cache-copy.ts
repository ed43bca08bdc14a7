// Moves slots of cache tensors [1, heads, slots, size]: into a roomier tensor, out to the CPU, and back in. On the CPU these are
// array copies; on a GPU two tiny graphs do it, so that growing a cache never leaves the device.
import { assert } from '../../errors.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import type { DataType, TensorData } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';
import { CudaCopier } from './cuda-copier.ts';
import { letGo, RowRounder, type Rounded } from './row-rounder.ts';
import { runsOf, type CacheCopier, type UseRounded, type UseSlots } from './slot-runs.ts';

export async function cacheCopierFor(device: Device, type: DataType, allocator: Session): Promise<CacheCopier> {
  if (device === 'cpu') return new ArrayCopier();
  const graphs = await GraphCopier.make(device, type, allocator);
  return device === 'cuda' ? new CudaCopier(graphs) : graphs;
}

export class ArrayCopier implements CacheCopier {
  #rounder: Promise<RowRounder> | undefined;

  async move(from: Tensor, to: Tensor, count: number): Promise<void> {
    copySlots(from, 0, to, count);
  }

  async take(from: Tensor, first: number, count: number): Promise<Tensor> {
    const [, heads, , size] = from.shape as [number, number, number, number];
    const taken = Tensor.zeros(from.type, [1, heads, count, size]);
    copySlots(from, first, taken, count);
    return taken;
  }

  /** In place: what is lent is the tensor itself. */
  async show(tensor: Tensor, count: number, use: UseSlots): Promise<void> {
    const { data } = tensor;
    for (const { offset, length, row } of runsOf(tensor, count)) await use(data.subarray(offset, offset + length), row);
  }

  fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    return this.show(to, count, write);
  }

  async showRounded(from: Tensor, count: number, use: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(from.type);
    await this.show(from, count, async (slots, row) => {
      using tensor = rowsOver(from, slots);
      const rounded = roomFor(tensor);
      await rounder.encode(tensor, rounded);
      await use(rounded, row);
    });
  }

  async fillRounded(to: Tensor, count: number, write: UseRounded): Promise<void> {
    const rounder = await this.#rounderFor(to.type);
    await this.show(to, count, async (slots, row) => {
      using tensor = rowsOver(to, slots);
      const rounded = roomFor(tensor);
      await write(rounded, row);
      await rounder.decode(rounded, tensor);
    });
  }

  #rounderFor(type: DataType): Promise<RowRounder> {
    return (this.#rounder ??= RowRounder.make('cpu', type));
  }

  [Symbol.dispose](): void {
    letGo(this.#rounder);
  }
}

/** Slots lent of `cache` as a tensor [slots, size]. */
function rowsOver(cache: Tensor, slots: TensorData): Tensor {
  const size = cache.shape[3]!;
  return Tensor.over(cache.type, [slots.length / size, size], slots);
}

function roomFor({ shape }: Tensor): Rounded {
  const [rows, size] = shape as [number, number];
  return { codes: new Int8Array(rows * size), scales: new Float32Array(rows) };
}

/** Slots `first` to `first + count` of `from` to the beginning of `to`, head by head. */
function copySlots(from: Tensor, first: number, to: Tensor, count: number): void {
  const [, heads, fromSlots, size] = from.shape as [number, number, number, number];
  const toSlots = to.shape[2]!;
  assert(
    first + count <= fromSlots && count <= toSlots,
    `${count} slots from ${first} of ${fromSlots} into ${toSlots}`,
  );
  const source = from.data;
  const target = to.data;
  for (let head = 0; head < heads; head++) {
    const start = (head * fromSlots + first) * size;
    setElements(target, head * toSlots * size, source.subarray(start, start + count * size));
  }
}

function setElements(target: TensorData, offset: number, source: TensorData): void {
  // Both have the element type of one cache; TypeScript can't tie two unions together.
  (target as Float32Array).set(source as Float32Array, offset);
}

/** The same through graphs, for tensors that only the device can touch. */
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
    if (slots === count) return this.#run(this.#move, from, 0, count, undefined, to);
    using rest = await this.#allocate(to.type, [1, heads, slots - count, size]);
    await this.#run(this.#move, from, 0, count, rest, to);
  }

  async take(from: Tensor, first: number, count: number): Promise<Tensor> {
    const [, heads, , size] = from.shape as [number, number, number, number];
    const taken = Tensor.zeros(from.type, [1, heads, count, size]);
    await this.#run(this.#take, from, first, count, undefined, taken);
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

  #allocate(type: DataType, shape: readonly number[]): Promise<Tensor> {
    return this.#allocator.whenIdle(() => this.#allocator.allocate(type, shape));
  }

  async #run(
    session: Session,
    from: Tensor,
    first: number,
    count: number,
    rest: Tensor | undefined,
    to: Tensor,
  ): Promise<void> {
    using binding = session.bind();
    using begin = Tensor.over('int64', [1], BigInt64Array.of(BigInt(first)));
    using end = Tensor.over('int64', [1], BigInt64Array.of(BigInt(first + count)));
    using nothing = rest ? undefined : await this.#allocate(from.type, [1, from.shape[1]!, 0, from.shape[3]!]);
    binding.bindInput('from', from);
    binding.bindInput('begin', begin);
    binding.bindInput('end', end);
    if (session === this.#move) binding.bindInput('rest', rest ?? nothing!);
    binding.bindOutput('to', to);
    await binding.run();
  }

  [Symbol.dispose](): void {
    this.#onCpu[Symbol.dispose]();
    this.#move[Symbol.dispose]();
    this.#take[Symbol.dispose]();
  }
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
