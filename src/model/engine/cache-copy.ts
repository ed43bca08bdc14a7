// Moves slots of cache tensors [1, heads, slots, size]: into a roomier tensor, out to the CPU, and back in. On the CPU these are
// array copies; on a GPU two tiny graphs do it, so that growing a cache never leaves the device, and on CUDA what leaves it goes
// through page-locked memory, run by run.
import { assert } from '../../errors.ts';
import { GraphBuilder } from '../onnx/graph.ts';
import { LockedMemory, type CudaCopy } from '../ort/cuda-memory.ts';
import { dataTypes, type DataType, type TensorData } from '../ort/data-type.ts';
import type { Pointer } from '../ort/native.ts';
import type { Device } from '../ort/providers.ts';
import { runOnThread } from '../ort/run-thread.ts';
import { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';

/**
 * Gets slots of one head on the CPU, [slots, size], and the number of the first of them among the rows of all heads. The memory is
 * lent until the promise is settled.
 */
export type UseSlots = (slots: TensorData, row: number) => Promise<void>;

export interface CacheCopier extends Disposable {
  /** The first `count` slots of `from` become the first slots of `to`, which may hold anything after them. */
  move(from: Tensor, to: Tensor, count: number): Promise<void>;
  /** Slots `first` to `first + count` of every head as a CPU tensor [1, heads, count, size]. */
  take(from: Tensor, first: number, count: number): Promise<Tensor>;
  /** Shows the first `count` slots of each head, run by run. */
  show(from: Tensor, count: number, use: UseSlots): Promise<void>;
  /** Fills the first `count` slots of each head with what `write` puts into the memory it is lent. */
  fill(to: Tensor, count: number, write: UseSlots): Promise<void>;
}

/** Slots lent at once: few enough to work on several runs side by side, enough for a disk to be at its fastest. */
const RUN_BYTES = 16 * 2 ** 20;

export async function cacheCopierFor(device: Device, type: DataType, allocator: Session): Promise<CacheCopier> {
  if (device === 'cpu') return new ArrayCopier();
  const graphs = await GraphCopier.make(device, type, allocator);
  return device === 'cuda' ? new CudaCopier(graphs) : graphs;
}

export class ArrayCopier implements CacheCopier {
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

  [Symbol.dispose](): void {
    // Holds nothing native.
  }
}

/** The first `count` slots of each head in runs: elements of the tensor, and the row among [heads * count]. */
function* runsOf({ type, shape }: Tensor, count: number) {
  const [, heads, slots, size] = shape as [number, number, number, number];
  const perRun = Math.max(1, Math.floor(RUN_BYTES / (size * dataTypes[type].Array.BYTES_PER_ELEMENT)));
  for (let head = 0; head < heads; head++) {
    for (let first = 0; first < count; first += perRun) {
      const length = Math.min(perRun, count - first) * size;
      yield { offset: (head * slots + first) * size, length, row: head * count + first };
    }
  }
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
    using rest = this.#allocator.allocate(to.type, [1, heads, slots - count, size]);
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
    await new ArrayCopier().show(taken, count, use);
  }

  async fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    const [, heads, , size] = to.shape as [number, number, number, number];
    using filled = Tensor.zeros(to.type, [1, heads, count, size]);
    await new ArrayCopier().fill(filled, count, write);
    await this.move(filled, to, count);
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
    using nothing = rest ? undefined : this.#allocator.allocate(from.type, [1, from.shape[1]!, 0, from.shape[3]!]);
    binding.bindInput('from', from);
    binding.bindInput('begin', begin);
    binding.bindInput('end', end);
    if (session === this.#move) binding.bindInput('rest', rest ?? nothing!);
    binding.bindOutput('to', to);
    await binding.run();
  }

  [Symbol.dispose](): void {
    this.#move[Symbol.dispose]();
    this.#take[Symbol.dispose]();
  }
}

/** Graphs for what stays on the card; what leaves it or comes to it is copied through memory that the card reaches by itself. */
class CudaCopier implements CacheCopier {
  readonly #graphs: GraphCopier;
  /** Blocks that nobody has borrowed. */
  readonly #blocks: LockedMemory[] = [];

  constructor(graphs: GraphCopier) {
    this.#graphs = graphs;
  }

  move(from: Tensor, to: Tensor, count: number): Promise<void> {
    return this.#graphs.move(from, to, count);
  }

  take(from: Tensor, first: number, count: number): Promise<Tensor> {
    return this.#graphs.take(from, first, count);
  }

  show(from: Tensor, count: number, use: UseSlots): Promise<void> {
    return this.#eachRun(from, count, async (block, address, slots, row) => {
      await copyOnThread(block.download(address, slots.byteLength));
      await use(slots, row);
    });
  }

  fill(to: Tensor, count: number, write: UseSlots): Promise<void> {
    return this.#eachRun(to, count, async (block, address, slots, row) => {
      await write(slots, row);
      await copyOnThread(block.upload(address, slots.byteLength));
    });
  }

  async #eachRun(
    tensor: Tensor,
    count: number,
    work: (block: LockedMemory, address: Pointer, slots: TensorData, row: number) => Promise<void>,
  ): Promise<void> {
    const { Array: TypedArray } = dataTypes[tensor.type];
    const { address } = tensor;
    const block = this.#blocks.pop() ?? new LockedMemory(RUN_BYTES);
    try {
      for (const { offset, length, row } of runsOf(tensor, count)) {
        const at = address + BigInt(offset * TypedArray.BYTES_PER_ELEMENT);
        await work(block, at, new TypedArray(block.host, 0, length), row);
      }
    } finally {
      this.#blocks.push(block);
    }
  }

  [Symbol.dispose](): void {
    for (const block of this.#blocks.splice(0)) block[Symbol.dispose]();
    this.#graphs[Symbol.dispose]();
  }
}

function copyOnThread(copy: CudaCopy): Promise<void> {
  return runOnThread('copy keys and values', { copies: [copy] });
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
