// Slots of a float cache [rows, size] to int8 codes with one scale for each row, and back: two graphs, run where the cache lies, so
// that a card hands over a byte a value and a CPU computes on all its cores.
import { GraphBuilder, type Value } from '../onnx/graph.ts';
import { dataTypes, type DataType } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import { Session } from '../ort/session.ts';
import { Tensor } from '../ort/tensor.ts';

/** Rounded slots: [rows, size] and [rows, 1], on the CPU. */
export interface Rounded {
  readonly codes: Int8Array;
  readonly scales: Float32Array;
}

const LARGEST_CODE = 127;
/** In place of a row's scale where that is 0, which nothing can be divided by. */
const SMALLEST_SCALE = 1e-30;

export class RowRounder implements Disposable {
  readonly #encode: Session;
  readonly #decode: Session;

  private constructor(encode: Session, decode: Session) {
    this.#encode = encode;
    this.#decode = decode;
  }

  /** `type` is the cache's, float32 or float16. */
  static async make(device: Device, type: DataType): Promise<RowRounder> {
    const [encode, decode] = await Promise.all([
      Session.fromBytes(encodeGraph(type), { device }),
      Session.fromBytes(decodeGraph(type), { device }),
    ]);
    return new RowRounder(encode, decode);
  }

  /** Fills `rounded` with slots, a tensor [rows, size] on the CPU or the rounder's device. */
  async encode(slots: Tensor, rounded: Rounded): Promise<void> {
    using binding = this.#encode.bind();
    using codes = Tensor.over('int8', slots.shape, rounded.codes);
    using scales = Tensor.over('float32', [slots.shape[0]!, 1], rounded.scales);
    binding.bindInput('slots', slots);
    binding.bindOutput('codes', codes);
    binding.bindOutput('scales', scales);
    await binding.run();
  }

  /** Fills slots, a tensor as above, with what `rounded` stands for. */
  async decode({ codes, scales }: Rounded, slots: Tensor): Promise<void> {
    using binding = this.#decode.bind();
    using codesTensor = Tensor.over('int8', slots.shape, codes);
    using scalesTensor = Tensor.over('float32', [slots.shape[0]!, 1], scales);
    binding.bindInput('codes', codesTensor);
    binding.bindInput('scales', scalesTensor);
    binding.bindOutput('slots', slots);
    await binding.run();
  }

  [Symbol.dispose](): void {
    this.#encode[Symbol.dispose]();
    this.#decode[Symbol.dispose]();
  }
}

/** Disposes of a rounder that may still be made, or have failed to be. */
export function letGo(rounder: Promise<RowRounder> | undefined): void {
  rounder?.then(
    (made) => made[Symbol.dispose](),
    () => undefined,
  );
}

function encodeGraph(type: DataType): Uint8Array {
  const graph = new GraphBuilder('round-rows');
  const given = graph.input('slots', type, ['rows', 'size']);
  const slots = type === 'float32' ? given : cast(graph, given, 'float32');
  const axis = graph.constant('axis', 'int64', [1], [1]);
  const largest = graph.node('ReduceMax', [graph.node('Abs', [slots]), axis], { attributes: { keepdims: 1 } });
  const scale = graph.node('Div', [largest, graph.constant('largest code', 'float32', [], [LARGEST_CODE])]);
  const smallest = graph.constant('smallest scale', 'float32', [], [SMALLEST_SCALE]);
  const [scales] = graph.node('Max', [scale, smallest], {}, ['scales']);
  const rounded = graph.node('Round', [graph.node('Div', [slots, scales!])]);
  const [codes] = graph.node('Cast', [rounded], { attributes: { to: dataTypes.int8.code } }, ['codes']);
  graph.output(codes!, 'int8', ['rows', 'size']);
  graph.output(scales!, 'float32', ['rows', 1]);
  return graph.finish();
}

function decodeGraph(type: DataType): Uint8Array {
  const graph = new GraphBuilder('unround-rows');
  const codes = graph.input('codes', 'int8', ['rows', 'size']);
  const scales = graph.input('scales', 'float32', ['rows', 1]);
  const values = graph.node('Mul', [cast(graph, codes, 'float32'), scales]);
  const [slots] = graph.node('Cast', [values], { attributes: { to: dataTypes[type].code } }, ['slots']);
  graph.output(slots!, type, ['rows', 'size']);
  return graph.finish();
}

function cast(graph: GraphBuilder, value: Value, to: DataType): Value {
  return graph.node('Cast', [value], { attributes: { to: dataTypes[to].code } });
}
