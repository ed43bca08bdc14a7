// Builds an ONNX graph node by node and writes it as protobuf. Weights lie in a file beside it and are only referred to.
// Field numbers are those of onnx/onnx.proto3 (IR version 10); operators come from ai.onnx and from com.microsoft.
import { assert } from '../../errors.ts';
import { byteLengthOf, dataTypes, type DataType } from '../ort/data-type.ts';
import { ProtoWriter } from './protobuf.ts';
import type { PlacedWeight, WeightLayout } from './weight-file.ts';

const IR_VERSION = 10;
const OPSET_VERSION = 18;

/** A value of the graph, known by its name. */
export type Value = string & { readonly __brand: 'Value' };

/** An absent optional input, or an output that nobody reads. */
export const none = '' as Value;

/** Size of one axis: a number, or the name of a symbol. */
export type Axis = number | string;

class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Marks an attribute as FLOAT; a bare number is INT. */
export function float(value: number): Float {
  return new Float(value);
}

export type Attribute = number | string | Float | readonly number[];

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: 'com.microsoft' | '';
}

export class GraphBuilder {
  readonly #name: string;
  readonly #weights: WeightLayout;
  readonly #weightFile: string;
  readonly #nodes: ((model: ProtoWriter) => void)[] = [];
  readonly #initializers = new Map<string, (tensor: ProtoWriter) => void>();
  readonly #inputs: ((graph: ProtoWriter) => void)[] = [];
  readonly #outputs: ((graph: ProtoWriter) => void)[] = [];
  readonly #names = new Set<string>();

  /** `weightFile` is the file name beside the graph in which `weights` lie. */
  constructor(name: string, weights: WeightLayout = new Map(), weightFile = '') {
    this.#name = name;
    this.#weights = weights;
    this.#weightFile = weightFile;
  }

  input(name: string, type: DataType, shape: readonly Axis[]): Value {
    this.#inputs.push((graph) => graph.message(11, (info) => writeValueInfo(info, name, type, shape)));
    return this.#declare(name);
  }

  /** Names an existing value as an output of the graph. */
  output(value: Value, type: DataType, shape: readonly Axis[]): void {
    this.#outputs.push((graph) => graph.message(12, (info) => writeValueInfo(info, value, type, shape)));
  }

  /** One operator. `outputs` names its results where it has several, or where one is looked for by its name. */
  node(op: string, inputs: readonly Value[], options?: NodeOptions): Value;
  node(op: string, inputs: readonly Value[], options: NodeOptions, outputs: readonly string[]): Value[];
  node(op: string, inputs: readonly Value[], options: NodeOptions = {}, outputs?: readonly string[]): Value | Value[] {
    const values = (outputs ?? [this.#freshName(op)]).map((name) => (name === '' ? none : this.#declare(name)));
    for (const input of inputs)
      assert(input === '' || this.#names.has(input), `${op} reads ${input}, which nothing makes`);
    const name = values.find((value) => value !== '') ?? op;
    this.#nodes.push((graph) =>
      graph.message(1, (node) => {
        for (const input of inputs) node.string(1, input);
        for (const value of values) node.string(2, value);
        node.string(3, `/${name}`).string(4, op);
        for (const [key, value] of Object.entries(options.attributes ?? {})) {
          node.message(5, (attribute) => writeAttribute(attribute, key, value));
        }
        node.string(7, options.domain ?? '');
      }),
    );
    return outputs ? values : values[0]!;
  }

  /** A com.microsoft operator with one output. */
  contrib(op: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}): Value {
    return this.node(op, inputs, { attributes, domain: 'com.microsoft' });
  }

  /** A small tensor written into the graph itself. Equal names are written once. */
  constant(name: string, type: 'int64' | 'float32', shape: readonly number[], values: ArrayLike<number>): Value {
    if (this.#initializers.has(name)) return name as Value;
    const data = type === 'int64' ? BigInt64Array.from(Array.from(values), BigInt) : Float32Array.from(values);
    this.#initializers.set(name, (tensor) => {
      writeTensorHead(tensor, name, type, shape);
      tensor.bytes(9, new Uint8Array(data.buffer));
    });
    return this.#declare(name);
  }

  hasWeight(name: string): boolean {
    return this.#weights.has(name);
  }

  /** What the weight file holds under a name. */
  placed(name: string): PlacedWeight {
    const placed = this.#weights.get(name);
    assert(placed !== undefined, `the weight file has no ${name}`);
    return placed;
  }

  /** A weight of the file, as it is stored, or seen in another shape of the same number of bytes. */
  weight(name: string, shape?: readonly number[]): Value {
    const placed = this.placed(name);
    const as = shape ?? placed.shape;
    assert(byteLengthOf(placed.type, as) === placed.byteLength, `${name} can't be seen as [${as.join(',')}]`);
    const valueName = shape ? `${name}[${shape.join(',')}]` : name;
    if (this.#initializers.has(valueName)) return valueName as Value;
    const location = { location: this.#weightFile, offset: placed.offset, length: placed.byteLength };
    this.#initializers.set(valueName, (tensor) => {
      writeTensorHead(tensor, valueName, placed.type, as);
      for (const [key, value] of Object.entries(location)) {
        tensor.message(13, (entry) => entry.string(1, key).string(2, String(value)));
      }
      tensor.int(14, 1); // data_location = EXTERNAL
    });
    return this.#declare(valueName);
  }

  /** The whole ModelProto. */
  finish(): Uint8Array {
    return new ProtoWriter()
      .int(1, IR_VERSION)
      .string(2, 'lectern')
      .message(7, (graph) => {
        for (const write of this.#nodes) write(graph);
        graph.string(2, this.#name);
        for (const write of this.#initializers.values()) graph.message(5, write);
        for (const write of this.#inputs) write(graph);
        for (const write of this.#outputs) write(graph);
      })
      .message(8, (opset) => opset.string(1, '').int(2, OPSET_VERSION))
      .message(8, (opset) => opset.string(1, 'com.microsoft').int(2, 1))
      .finish();
  }

  #declare(name: string): Value {
    assert(!this.#names.has(name), `two values of the graph are called ${name}`);
    this.#names.add(name);
    return name as Value;
  }

  #freshName(op: string): string {
    return `${op}_${this.#names.size}`;
  }
}

function writeTensorHead(tensor: ProtoWriter, name: string, type: DataType, shape: readonly number[]): void {
  for (const size of shape) tensor.int(1, size);
  tensor.int(2, dataTypes[type].code).string(8, name);
}

function writeValueInfo(info: ProtoWriter, name: string, type: DataType, shape: readonly Axis[]): void {
  info.string(1, name).message(2, (typeProto) =>
    typeProto.message(1, (tensorType) =>
      tensorType.int(1, dataTypes[type].code).message(2, (shapeProto) => {
        for (const axis of shape) {
          shapeProto.message(1, (dim) => (typeof axis === 'number' ? dim.int(1, axis) : dim.string(2, axis)));
        }
      }),
    ),
  );
}

const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;

function writeAttribute(attribute: ProtoWriter, name: string, value: Attribute): void {
  attribute.string(1, name);
  if (value instanceof Float) attribute.float(2, value.value).int(20, attributeTypes.float);
  else if (typeof value === 'number') attribute.int(3, value).int(20, attributeTypes.int);
  else if (typeof value === 'string') attribute.string(4, value).int(20, attributeTypes.string);
  else {
    for (const item of value) attribute.int(8, item);
    attribute.int(20, attributeTypes.ints);
  }
}
