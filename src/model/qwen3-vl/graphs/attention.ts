// The attention of the decoder's layers as GroupQueryAttention operators, with the inputs that all of them share: rotary rows and the
// lengths of the cache. Queries and keys are normalised and rotated outside the operator where its kernel can't do it, and its own
// rotary, which knows one position a token where M-RoPE has three (spec 9.3), is given rows that are already combined.
import { float, none, type Attribute, type Value } from '../../onnx/graph.ts';
import type { TextConfig } from '../config.ts';
import type { Layers } from './layers.ts';

export interface AttentionOptions {
  /**
   * Lets the attention kernel normalise and rotate queries and keys itself, where it can: four kernels a layer fewer. CUDA's takes
   * 'rows': `cos` and `sin` are then in the activations' type, have at least as many rows as `total_length` says, and `rope_rows` are
   * the rows that are read. WebGPU's reads the row of a token's 'slot' in the cache: rows are then written there in tables on the
   * device, `cos_table` and `sin_table` in the activations' type, whose outputs `cos_table.written` and `sin_table.written` are to be
   * bound to the same tensors. Tables may be given as [slots, headDim / 2], `rope_rows` being slots, or as blocks of a few rows side by
   * side [blocks, n headDim / 2], `rope_rows` being blocks. What is written comes as one input, because each is a copy to the device:
   * `rope` [2, rows or blocks, width of the tables], cos and sin.
   */
  readonly fusedRotary?: 'rows' | 'slots' | undefined;
  /** Keeps keys and values as int8 codes of these scales; in the activations' type when it is left out. */
  readonly kvScales?: KvScales;
}

/**
 * Float of one step of a code, for every KV head and channel [kvHeads * headDim], in the order of a cache's tensors: key.0, value.0,
 * key.1, … Codes are -128 to 127; what lies beyond is clipped by the kernel.
 */
export type KvScales = readonly Float32Array[];

export class Attention {
  readonly #layers: Layers;
  readonly #text: TextConfig;
  readonly #rope: Rope;
  readonly #seqlens: Value;
  readonly #totalLength: Value;
  readonly #kvScales: KvScales | undefined;

  constructor(layers: Layers, text: TextConfig, { fusedRotary, kvScales }: AttentionOptions) {
    this.#layers = layers;
    this.#text = text;
    this.#rope = ropeInputs(layers, text, fusedRotary);
    this.#seqlens = layers.graph.input('seqlens_k', 'int32', ['batch']);
    this.#totalLength = layers.graph.input('total_length', 'int32', [1]);
    this.#kvScales = kvScales;
  }

  /** Layer `i` of x [batch, tokens, hidden] -> the same shape; its keys and values join the cache. */
  attend(i: number, x: Value): Value {
    const { graph, activations } = this.#layers;
    const { hiddenSize, numHeads, numKvHeads, headDim } = this.#text;
    const at = `layers.${i}`;
    const [q, k, v] = this.#layers.multiplyEach(
      x,
      [`${at}.q`, `${at}.k`, `${at}.v`],
      hiddenSize,
      [numHeads, numKvHeads, numKvHeads].map((heads) => heads * headDim),
    );
    const cacheShape = ['batch', numKvHeads, 'capacity', headDim];
    const cacheType = this.#kvScales ? 'int8' : activations;
    const pastKey = graph.input(`past_key.${i}`, cacheType, cacheShape);
    const pastValue = graph.input(`past_value.${i}`, cacheType, cacheShape);
    const quantized = this.#kvScales && this.#quantized(i, this.#kvScales);
    const queryAndKey = this.#rope.isFused
      ? [q!, k!]
      : [this.#normAndRotate(`${at}.q_norm`, q!, numHeads), this.#normAndRotate(`${at}.k_norm`, k!, numKvHeads)];
    const fused = this.#rope.isFused ? this.#fused(at) : undefined;
    const [attended, presentKey, presentValue] = graph.node(
      'GroupQueryAttention',
      [...queryAndKey, v!, pastKey, pastValue, this.#seqlens, this.#totalLength, ...optionalInputs(fused, quantized)],
      {
        attributes: {
          num_heads: numHeads,
          kv_num_heads: numKvHeads,
          scale: float(1 / Math.sqrt(headDim)),
          ...quantized?.attributes,
          ...fused?.attributes,
        },
        domain: 'com.microsoft',
      },
      [`${at}.attended`, `present_key.${i}`, `present_value.${i}`],
    );
    graph.output(presentKey!, cacheType, cacheShape);
    graph.output(presentValue!, cacheType, cacheShape);
    return this.#layers.multiply(attended!, `${at}.o`, numHeads * headDim, hiddenSize);
  }

  /** Of projected queries or keys [batch, tokens, heads * headDim]. */
  #normAndRotate(normName: string, projected: Value, heads: number): Value {
    const { headDim, rmsNormEps } = this.#text;
    const { rows, cos, sin } = this.#rope;
    const split = this.#layers.reshape(projected, 0, 0, heads, headDim);
    const normed = this.#layers.rmsNorm(split, normName, rmsNormEps);
    return this.#layers.rotate(this.#layers.reshape(normed, 0, 0, heads * headDim), rows, cos, sin, heads);
  }

  /** What the operator is given to normalise and rotate by itself. */
  #fused(at: string): FusedInputs {
    const { rows, cos, sin } = this.#rope;
    return {
      tables: [cos, sin, rows],
      norms: [this.#layers.weight(`${at}.q_norm`), this.#layers.weight(`${at}.k_norm`)],
      attributes: { do_rotary: 1, qk_norm_epsilon: float(this.#text.rmsNormEps) },
    };
  }

  /**
   * A scale for each channel, because channels differ in size and one of its own costs nothing. The CPU's kernel takes it in prefill
   * with a past, in place and in batches alike, wants one kind of scale for keys and values, and reads this run's own keys as codes
   * too, so that chunks of any size see the same cache.
   */
  #quantized(i: number, kvScales: KvScales): QuantizedInputs {
    const { numKvHeads, headDim } = this.#text;
    const scales = (['key', 'value'] as const).map((part, k) =>
      this.#layers.graph.constant(
        `layers.${i}.${part}_scale`,
        'float32',
        [1, numKvHeads, 1, headDim],
        kvScales[2 * i + k]!,
      ),
    );
    return {
      scales,
      attributes: { k_quant_type: 'PER_CHANNEL', v_quant_type: 'PER_CHANNEL', kv_cache_bit_width: 8 },
    };
  }
}

interface FusedInputs {
  /** cos, sin and the rows of them. */
  readonly tables: readonly Value[];
  /** Of queries and keys. */
  readonly norms: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface QuantizedInputs {
  /** Of keys and values. */
  readonly scales: readonly Value[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** GroupQueryAttention's inputs behind the cache's lengths, in its order; what ends the list may be left out. */
function optionalInputs(fused: FusedInputs | undefined, quantized: QuantizedInputs | undefined): Value[] {
  if (!fused && !quantized) return [];
  const [bias, sink] = [none, none];
  return [
    ...(fused?.tables ?? [none, none, none]),
    bias,
    sink,
    ...(quantized?.scales ?? [none, none]),
    ...(fused?.norms ?? []),
  ];
}

interface Rope {
  readonly cos: Value;
  readonly sin: Value;
  /** The row of each token; `none` where it is the token's slot. */
  readonly rows: Value;
  readonly isFused: boolean;
}

function ropeInputs(layers: Layers, text: TextConfig, fused: AttentionOptions['fusedRotary']): Rope {
  const half = text.headDim / 2;
  if (fused === 'slots') return ropeOfSlots(layers, half);
  const { graph, activations } = layers;
  const isFused = fused === 'rows';
  const rowsOf = (name: string) =>
    isFused ? graph.input(name, activations, ['rope', half]) : layers.floatInput(name, ['rope', half]);
  const [cos, sin] = [rowsOf('cos'), rowsOf('sin')];
  return { cos, sin, rows: graph.input('rope_rows', 'int64', ['batch', 'tokens']), isFused };
}

function ropeOfSlots(layers: Layers, half: number): Rope {
  const { graph, activations } = layers;
  const rope = layers.floatInput('rope', [2, 'rope', 'ropeValues']);
  const rows = graph.input('rope_rows', 'int64', ['rope', 1]);
  const parts = graph.node('Split', [rope], { attributes: { axis: 0, num_outputs: 2 } }, ['rope.cos', 'rope.sin']);
  const [cos, sin] = (['cos_table', 'sin_table'] as const).map((name, i) => {
    const tableShape = ['ropeTable', 'ropeValues'];
    const table = graph.input(name, activations, tableShape);
    const values = graph.node('Squeeze', [parts[i]!, layers.axes(0)]);
    const [written] = graph.node('ScatterND', [table, rows, values], {}, [`${name}.written`]);
    graph.output(written!, activations, tableShape);
    return layers.reshape(written!, -1, half);
  });
  return { cos: cos!, sin: sin!, rows: none, isFused: true };
}
