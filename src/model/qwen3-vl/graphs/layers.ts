// The pieces both graphs are made of, independent of how a weight is stored: each looks at what the weight file holds and
// emits the operators that multiply, look up or normalise with it, in the activations' type.
import { float, none, type Axis, type GraphBuilder, type Value } from '../../onnx/graph.ts';
import { dataTypes } from '../../ort/data-type.ts';
import { BLOCK_SIZE } from './weights.ts';

export type Activations = 'float32' | 'float16';

export interface LayerOptions {
  readonly activations: Activations;
  /** MatMulNBits: 4 computes int4 products on int8 activations (the fast path of CPUs), 0 on the activations as they are. */
  readonly accuracyLevel: 0 | 4;
  /**
   * Lays weights out anew when the session is made, at the price of a second copy of them meanwhile: for WebGPU, whose kernels give
   * each column of a product to a thread. Matrices that multiply the same rows are joined, because a narrow one leaves a GPU half idle;
   * float tables are turned to [width, size], because threads read columns side by side.
   */
  readonly widensMatrices?: boolean | undefined;
  /** Takes matrices of 8 bits as inputs of the graph by their names, as floats [in, out]: see ExpandedMatrices. */
  readonly expandsMatrices?: boolean | undefined;
}

export class Layers {
  readonly graph: GraphBuilder;
  readonly activations: Activations;
  readonly #accuracyLevel: number;
  readonly #widensMatrices: boolean;
  readonly #expandsMatrices: boolean;
  readonly #casts = new Map<string, Value>();
  readonly #turnedTables = new Map<string, Value>();

  constructor(graph: GraphBuilder, { activations, accuracyLevel, widensMatrices, expandsMatrices }: LayerOptions) {
    this.graph = graph;
    this.activations = activations;
    this.#accuracyLevel = accuracyLevel;
    this.#widensMatrices = widensMatrices ?? false;
    this.#expandsMatrices = expandsMatrices ?? false;
  }

  /** A stored weight in the activations' type. Casting a constant happens once, when the session is made. */
  weight(name: string, shape?: readonly number[]): Value {
    const value = this.graph.weight(name, shape);
    if (this.graph.placed(name).type === this.activations) return value;
    const known = this.#casts.get(value);
    if (known) return known;
    const cast = this.cast(value, this.activations);
    this.#casts.set(value, cast);
    return cast;
  }

  /** A float32 input of the graph in the activations' type: converting on the device is free, in JavaScript it is not. */
  floatInput(name: string, shape: readonly Axis[]): Value {
    const input = this.graph.input(name, 'float32', shape);
    return this.activations === 'float32' ? input : this.cast(input, this.activations);
  }

  cast(value: Value, to: 'float32' | 'float16'): Value {
    return this.graph.node('Cast', [value], { attributes: { to: dataTypes[to].code } });
  }

  /** x [..., in] times a stored matrix -> [..., out]. */
  multiply(x: Value, name: string, inSize: number, outSize: number): Value {
    const bits = this.quantizedBits(name);
    if (bits === undefined) return this.graph.node('MatMul', [x, this.weight(name)]);
    if (bits === 8 && this.#expandsMatrices)
      return this.graph.node('MatMul', [x, this.graph.input(name, this.activations, [inSize, outSize])]);
    return this.#multiplyCodes(x, this.#codes(name, bits, inSize, outSize), bits, inSize, outSize);
  }

  /** multiply by several matrices [in, outSizes[i]]. */
  multiplyEach(x: Value, names: readonly string[], inSize: number, outSizes: readonly number[]): Value[] {
    const product = this.#widensMatrices ? this.#multiplyJoined(x, names, inSize, outSizes) : undefined;
    if (product === undefined) return names.map((name, i) => this.multiply(x, name, inSize, outSizes[i]!));
    const sizes = this.graph.constant(`sizes[${outSizes.join(',')}]`, 'int64', [outSizes.length], outSizes);
    return this.graph.node(
      'Split',
      [product, sizes],
      { attributes: { axis: -1 } },
      names.map((name) => `${name}.product`),
    );
  }

  /** Undefined where matrices are better left apart: a quantised gate and up, of which ONNX Runtime makes one operator itself. */
  #multiplyJoined(x: Value, names: readonly string[], inSize: number, outSizes: readonly number[]): Value | undefined {
    const bits = this.quantizedBits(names[0]!);
    const joined = (values: Value[], axis: number) => this.graph.node('Concat', values, { attributes: { axis } });
    if (names.some((name) => this.quantizedBits(name) !== bits)) return undefined;
    if (bits === undefined) {
      const matrices = names.map((name) => this.weight(name));
      return this.graph.node('MatMul', [x, joined(matrices, 1)]);
    }
    if (names.length === 2) return undefined;
    const parts = names.map((name, i) => this.#codes(name, bits, inSize, outSizes[i]!));
    const outSize = outSizes.reduce((sum, size) => sum + size);
    const all = (part: 'codes' | 'scales') =>
      joined(
        parts.map((one) => one[part]),
        0,
      );
    const codes = { codes: all('codes'), scales: all('scales') };
    return this.#multiplyCodes(x, codes, bits, inSize, outSize);
  }

  /** A quantised matrix: codes [out, blocks, bytes of a block] and scales [out * blocks]. */
  #codes(name: string, bits: 4 | 8, inSize: number, outSize: number): { codes: Value; scales: Value } {
    const blocks = Math.ceil(inSize / BLOCK_SIZE);
    return {
      codes: this.graph.weight(`${name}.q${bits}`, [outSize, blocks, (BLOCK_SIZE * bits) / 8]),
      scales: this.weight(`${name}.scales`, [outSize * blocks]),
    };
  }

  #multiplyCodes(
    x: Value,
    { codes, scales }: { codes: Value; scales: Value },
    bits: 4 | 8,
    inSize: number,
    outSize: number,
  ): Value {
    return this.graph.contrib('MatMulNBits', [x, codes, scales], {
      K: inSize,
      N: outSize,
      bits,
      block_size: BLOCK_SIZE,
      accuracy_level: this.#accuracyLevel,
    });
  }

  /** multiply, plus the bias stored beside the matrix. */
  linear(x: Value, name: string, inSize: number, outSize: number): Value {
    return this.graph.node('Add', [this.multiply(x, name, inSize, outSize), this.weight(`${name}.bias`)]);
  }

  /**
   * Rows of a stored table [rows, width] by ids of two axes -> [..., width]; only the rows asked for become floats. `isShared`: the
   * table is one that multiplyTable takes, too.
   */
  lookUp(name: string, ids: Value, { isShared = false } = {}): Value {
    const bits = this.quantizedBits(name);
    if (bits !== undefined) {
      const codes = this.graph.weight(`${name}.q${bits}`);
      const attributes = { bits, block_size: BLOCK_SIZE, gather_axis: 0, quantize_axis: 1 };
      return this.graph.contrib('GatherBlockQuantized', [codes, ids, this.weight(`${name}.scales`)], attributes);
    }
    if (this.#widensMatrices && isShared) {
      const columns = this.graph.node('Gather', [this.#turned(name), ids], { attributes: { axis: 1 } });
      return this.graph.node('Transpose', [columns], { attributes: { perm: [1, 2, 0] } });
    }
    const rows = this.graph.node('Gather', [this.graph.weight(name), ids], { attributes: { axis: 0 } });
    return this.graph.placed(name).type === this.activations ? rows : this.cast(rows, this.activations);
  }

  /** x [rows, width] times the transpose of a stored table [size, width] -> [rows, size]. */
  multiplyTable(x: Value, name: string, width: number, size: number): Value {
    if (this.quantizedBits(name) !== undefined) return this.multiply(x, name, width, size);
    if (this.#widensMatrices) return this.graph.node('MatMul', [x, this.#turned(name)]);
    return this.graph.node('Gemm', [x, this.weight(name)], { attributes: { transB: 1 } });
  }

  /** The transpose of a stored table, made once when the session is. */
  #turned(name: string): Value {
    const known = this.#turnedTables.get(name);
    if (known) return known;
    const turned = this.graph.node('Transpose', [this.weight(name)], { attributes: { perm: [1, 0] } });
    this.#turnedTables.set(name, turned);
    return turned;
  }

  /** RMS norm over the last axis, computed in float32 whatever the activations are. */
  rmsNorm(x: Value, name: string, epsilon: number): Value {
    return this.graph.node('SimplifiedLayerNormalization', [x, this.weight(name)], {
      attributes: { axis: -1, epsilon: float(epsilon), stash_type: 1 },
    });
  }

  /** The sum x + y and its RMS norm in one operator. */
  addAndRmsNorm(x: Value, y: Value, name: string, epsilon: number): { normed: Value; sum: Value } {
    const [normed, , , sum] = this.graph.node(
      'SkipSimplifiedLayerNormalization',
      [x, y, this.weight(name)],
      { attributes: { epsilon: float(epsilon) }, domain: 'com.microsoft' },
      [`${name}.normed`, none, none, `${name}.sum`],
    );
    return { normed: normed!, sum: sum! };
  }

  layerNorm(x: Value, name: string): Value {
    return this.graph.node('LayerNormalization', [x, this.weight(`${name}.weight`), this.weight(`${name}.bias`)], {
      attributes: { axis: -1, epsilon: float(1e-6) },
    });
  }

  /** One axis, as operators take a list of them. */
  axes(axis: number): Value {
    return this.graph.constant(`axes[${axis}]`, 'int64', [1], [axis]);
  }

  /** `sizes` as in ONNX Reshape: 0 keeps an axis, -1 is what remains. */
  reshape(x: Value, ...sizes: number[]): Value {
    const shape = this.graph.constant(`shape[${sizes.join(',')}]`, 'int64', [sizes.length], sizes);
    return this.graph.node('Reshape', [x, shape]);
  }

  /** Half-split rotary embedding of x [batch, tokens, heads * size] by rows of cos and sin [rows, size / 2]. */
  rotate(x: Value, rows: Value, cos: Value, sin: Value, numHeads: number): Value {
    return this.graph.contrib('RotaryEmbedding', [x, rows, cos, sin], { num_heads: numHeads });
  }

  /** The bits a weight is quantised to, or undefined where it is stored as floats. */
  quantizedBits(name: string): 4 | 8 | undefined {
    return ([4, 8] as const).find((bits) => this.graph.hasWeight(`${name}.q${bits}`));
  }
}
