// The text decoder as an ONNX graph: token ids and visual rows in, logits of asked-for positions out, KV cache in place.
// Dense or mixture of experts, after spec sections 4.6 and 5. Queries and keys are normalised and rotated outside
// GroupQueryAttention where its kernel can't do it, and its own rotary, which knows one position a token where M-RoPE has three
// (spec 9.3), is given rows that are already combined.
import { float, GraphBuilder, none, type Value } from '../../onnx/graph.ts';
import type { WeightLayout } from '../../onnx/weight-file.ts';
import type { ModelConfig, TextConfig } from '../config.ts';
import { Layers, type LayerOptions } from './layers.ts';
import { expertBlockSize } from './weights.ts';

export interface DecoderGraphOptions extends LayerOptions {
  /**
   * Adds outputs `hidden.0` (embeddings) to `hidden.N` (what layer N gives, before its DeepStack feature joins, as the reference
   * library reports hidden states), in the activations' type: for conformance.
   */
  readonly exposeHidden?: boolean;
  /**
   * Adds the largest logit of each block of LOGIT_BLOCK tokens and where it lies: a few KB a row from which the most likely token is
   * told without moving a vocabulary of logits off the device. 'pooled', for CUDA: `block_max` float32 [logits, 1, blocks] and
   * `block_best` int64, indices into all rows. 'reduced', for WebGPU, which fetches each output by itself and can't pool with indices:
   * `block_maxima` float32 [logits, blocks, 2], the largest and its place within the block; the vocabulary must be whole blocks.
   */
  readonly blockMaxima?: 'pooled' | 'reduced' | undefined;
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

/** Tokens in a block of block maxima. */
export const LOGIT_BLOCK = 128;

/**
 * Inputs: `input_ids` int32 [batch, tokens]; `visual_rows` [rows, (1 + D) hidden], row 0 zero, each row a merger output
 * followed by its D DeepStack features; `visual_index` int32 [batch, tokens], 0 for text, else the row that stands at this
 * position; `cos`, `sin` [batch * tokens, headDim / 2] and `rope_rows` int64 [batch, tokens], which row belongs to which token
 * (otherwise where they are slots, see fusedRotary);
 * `seqlens_k` int32 [batch] = length after this run - 1; `total_length` int32 [1]; `logit_rows` int32 [logits], indices into
 * batch * tokens, -1 the last; `past_key.i`, `past_value.i` [batch, kvHeads, capacity, headDim].
 * Outputs: `logits` float32 [logits, vocabulary], `hidden` float32 [logits, hidden] after the final norm, `present_key.i`,
 * `present_value.i`, to be bound to the same tensors as the past.
 */
export function buildDecoderGraph(
  config: ModelConfig,
  weights: WeightLayout,
  weightFile: string,
  options: DecoderGraphOptions,
): Uint8Array {
  const { text, vision } = config;
  const { activations } = options;
  const graph = new GraphBuilder('decoder', weights, weightFile);
  const layers = new Layers(graph, options);
  const numDeepstack = vision.deepstackIndexes.length;

  const inputIds = graph.input('input_ids', 'int32', ['batch', 'tokens']);
  const visualRows = graph.input('visual_rows', activations, ['visual', (1 + numDeepstack) * text.hiddenSize]);
  const visualIndex = graph.input('visual_index', 'int32', ['batch', 'tokens']);
  const rope = ropeInputs(layers, text, options.fusedRotary);
  const cache: CacheInputs = {
    seqlens: graph.input('seqlens_k', 'int32', ['batch']),
    total: graph.input('total_length', 'int32', [1]),
  };
  const logitRows = graph.input('logit_rows', 'int32', ['logits']);

  const visual = splitVisualRows(graph, visualRows, visualIndex, numDeepstack);
  const isVisual = graph.node('Cast', [graph.node('Unsqueeze', [visualIndex, axes(graph, 2)])], {
    attributes: { to: 9 },
  });
  const embedded = layers.lookUp('embed', inputIds, { isShared: text.tieWordEmbeddings });
  let hidden = graph.node('Where', [isVisual, visual[0]!, embedded]);
  const expose = (index: number, value: Value) => {
    const [named] = graph.node('Identity', [value], {}, [`hidden.${index}`]);
    graph.output(named!, activations, ['batch', 'tokens', text.hiddenSize]);
  };
  if (options.exposeHidden) expose(0, hidden);

  // `pending` is what the previous block adds to `hidden`; the next norm adds it on the way.
  let pending: Value | undefined;
  for (let i = 0; i < text.numLayers; i++) {
    const at = `layers.${i}`;
    const first = pending
      ? layers.addAndRmsNorm(hidden, pending, `${at}.input_norm`, text.rmsNormEps)
      : { sum: hidden, normed: layers.rmsNorm(hidden, `${at}.input_norm`, text.rmsNormEps) };
    const attended = attention(layers, text, i, first.normed, rope, cache, options.kvScales);
    const second = layers.addAndRmsNorm(first.sum, attended, `${at}.post_norm`, text.rmsNormEps);
    const mlp = text.moe?.sparseLayers[i]
      ? mixture(layers, text, at, second.normed)
      : dense(layers, text, at, second.normed);
    hidden = second.sum;
    if (options.exposeHidden) expose(i + 1, graph.node('Add', [hidden, mlp]));
    // DeepStack feature k joins the stream after layer k; text positions add zero.
    pending = i < numDeepstack ? graph.node('Add', [mlp, visual[1 + i]!]) : mlp;
  }
  const last = graph.node('Add', [hidden, pending!]);

  // Only the rows asked for go through the final norm and the head: a whole prompt's logits would be 0.6 MB a token.
  const rows = graph.node('Gather', [layers.reshape(last, -1, text.hiddenSize), logitRows], {
    attributes: { axis: 0 },
  });
  const normed = layers.rmsNorm(rows, 'norm', text.rmsNormEps);
  const table = text.tieWordEmbeddings ? 'embed' : 'head';
  const logits = output(
    layers,
    'logits',
    layers.multiplyTable(normed, table, text.hiddenSize, text.vocabSize),
    text.vocabSize,
  );
  if (options.blockMaxima === 'pooled') pooledMaxima(graph, logits);
  if (options.blockMaxima === 'reduced') reducedMaxima(layers, logits);
  output(layers, 'hidden', normed, text.hiddenSize);
  return graph.finish();
}

interface Rope {
  readonly cos: Value;
  readonly sin: Value;
  /** The row of each token; `none` where it is the token's slot. */
  readonly rows: Value;
  readonly isFused: boolean;
}

function ropeInputs(layers: Layers, text: TextConfig, fused: DecoderGraphOptions['fusedRotary']): Rope {
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
    const values = graph.node('Squeeze', [parts[i]!, axes(graph, 0)]);
    const [written] = graph.node('ScatterND', [table, rows, values], {}, [`${name}.written`]);
    graph.output(written!, activations, tableShape);
    return layers.reshape(written!, -1, half);
  });
  return { cos: cos!, sin: sin!, rows: none, isFused: true };
}

interface CacheInputs {
  readonly seqlens: Value;
  readonly total: Value;
}

/** The visual rows of this run spread over its positions, cut into the embedding part and the D DeepStack parts. */
function splitVisualRows(graph: GraphBuilder, rows: Value, index: Value, numDeepstack: number): Value[] {
  const spread = graph.node('Gather', [rows, index], { attributes: { axis: 0 } });
  if (numDeepstack === 0) return [spread];
  const names = Array.from({ length: 1 + numDeepstack }, (_, k) => `visual.${k}`);
  return graph.node('Split', [spread], { attributes: { axis: -1, num_outputs: names.length } }, names);
}

function attention(
  layers: Layers,
  text: TextConfig,
  i: number,
  x: Value,
  rope: Rope,
  cache: CacheInputs,
  kvScales: KvScales | undefined,
): Value {
  const { graph, activations } = layers;
  const { hiddenSize, numHeads, numKvHeads, headDim, rmsNormEps } = text;
  const at = `layers.${i}`;
  const [q, k, v] = layers.multiplyEach(
    x,
    [`${at}.q`, `${at}.k`, `${at}.v`],
    hiddenSize,
    [numHeads, numKvHeads, numKvHeads].map((heads) => heads * headDim),
  );
  const normAndRotate = (part: 'q' | 'k', projected: Value, heads: number) => {
    const split = layers.reshape(projected, 0, 0, heads, headDim);
    const normed = layers.rmsNorm(split, `${at}.${part}_norm`, rmsNormEps);
    return layers.rotate(layers.reshape(normed, 0, 0, heads * headDim), rope.rows, rope.cos, rope.sin, heads);
  };
  const cacheShape = ['batch', numKvHeads, 'capacity', headDim];
  const cacheType = kvScales ? 'int8' : activations;
  const pastKey = graph.input(`past_key.${i}`, cacheType, cacheShape);
  const pastValue = graph.input(`past_value.${i}`, cacheType, cacheShape);
  const scaleOf = (part: 'key' | 'value', scales: Float32Array) =>
    graph.constant(`${at}.${part}_scale`, 'float32', [1, numKvHeads, 1, headDim], scales);
  // A scale for each channel, because channels differ in size and one of its own costs nothing. The CPU's kernel takes it in prefill
  // with a past, in place and in batches alike, wants one kind of scale for keys and values, and reads this run's own keys as codes
  // too, so that chunks of any size see the same cache.
  const quantized = kvScales && {
    scales: [scaleOf('key', kvScales[2 * i]!), scaleOf('value', kvScales[2 * i + 1]!)],
    attributes: { k_quant_type: 'PER_CHANNEL', v_quant_type: 'PER_CHANNEL', kv_cache_bit_width: 8 },
  };
  const queryAndKey = rope.isFused ? [q!, k!] : [normAndRotate('q', q!, numHeads), normAndRotate('k', k!, numKvHeads)];
  const fused = rope.isFused && {
    tables: [rope.cos, rope.sin, rope.rows],
    norms: [layers.weight(`${at}.q_norm`), layers.weight(`${at}.k_norm`)],
    attributes: { do_rotary: 1, qk_norm_epsilon: float(rmsNormEps) },
  };
  // In the operator's order, after the cache's lengths; what ends the list may be left out.
  const [bias, sink] = [none, none];
  const optional = [
    ...(fused ? fused.tables : [none, none, none]),
    bias,
    sink,
    ...(quantized ? quantized.scales : [none, none]),
    ...(fused ? fused.norms : []),
  ];
  const numOptional = fused ? optional.length : quantized ? 7 : 0;
  const [attended, presentKey, presentValue] = graph.node(
    'GroupQueryAttention',
    [...queryAndKey, v!, pastKey, pastValue, cache.seqlens, cache.total, ...optional.slice(0, numOptional)],
    {
      attributes: {
        num_heads: numHeads,
        kv_num_heads: numKvHeads,
        scale: float(1 / Math.sqrt(headDim)),
        ...quantized?.attributes,
        ...(fused && fused.attributes),
      },
      domain: 'com.microsoft',
    },
    [`${at}.attended`, `present_key.${i}`, `present_value.${i}`],
  );
  graph.output(presentKey!, cacheType, cacheShape);
  graph.output(presentValue!, cacheType, cacheShape);
  return layers.multiply(attended!, `${at}.o`, numHeads * headDim, hiddenSize);
}

function dense(layers: Layers, text: TextConfig, at: string, x: Value): Value {
  const { hiddenSize, intermediateSize } = text;
  const sizes = [intermediateSize, intermediateSize];
  const [gate, up] = layers.multiplyEach(x, [`${at}.gate`, `${at}.up`], hiddenSize, sizes);
  const silu = layers.graph.node('Mul', [gate!, layers.graph.node('Sigmoid', [gate!])]);
  const product = layers.graph.node('Mul', [silu, up!]);
  return layers.multiply(product, `${at}.down`, intermediateSize, hiddenSize);
}

/** Router and experts (spec 5.5, 9.3): the kernel takes router logits, and always divides by the chosen experts' sum. */
function mixture(layers: Layers, text: TextConfig, at: string, x: Value): Value {
  const { graph } = layers;
  const { hiddenSize } = text;
  const { numExperts, topK } = text.moe!;
  const flat = layers.reshape(x, -1, hiddenSize);
  const router = layers.multiply(flat, `${at}.router`, hiddenSize, numExperts);
  const attributes = {
    k: topK,
    activation_type: 'swiglu',
    swiglu_fusion: 1,
    activation_alpha: float(1),
    activation_beta: float(0),
    normalize_routing_weights: 1,
  };
  const gateUp = `${at}.experts.gate_up`;
  const down = `${at}.experts.down`;
  const bits = layers.quantizedBits(gateUp);
  const mixed =
    bits === undefined
      ? graph.contrib('MoE', [flat, router, layers.weight(gateUp), none, layers.weight(down)], attributes)
      : graph.contrib(
          'QMoE',
          [
            flat,
            router,
            graph.weight(`${gateUp}.q${bits}`),
            layers.weight(`${gateUp}.scales`),
            none,
            graph.weight(`${down}.q${bits}`),
            layers.weight(`${down}.scales`),
          ],
          { ...attributes, expert_weight_bits: bits, block_size: expertBlockSize(text) },
        );
  // Back to [batch, tokens, hidden] with the sizes of x, which only the run knows.
  return graph.node('Reshape', [mixed, graph.node('Shape', [x])]);
}

/** Names a float32 output of one row a requested position. */
function output(layers: Layers, name: string, value: Value, width: number): Value {
  const { graph } = layers;
  const [named] = graph.node('Cast', [value], { attributes: { to: 1 } }, [name]);
  graph.output(named!, 'float32', ['logits', width]);
  return named!;
}

/** A pooling kernel has a thread for each block; the reductions of CUDA's provider take a millisecond for a row. */
function pooledMaxima(graph: GraphBuilder, logits: Value): void {
  const rows = graph.node('Unsqueeze', [logits, axes(graph, 1)]);
  const [largest, at] = graph.node(
    'MaxPool',
    [rows],
    { attributes: { kernel_shape: [LOGIT_BLOCK], strides: [LOGIT_BLOCK], ceil_mode: 1 } },
    ['block_max', 'block_best'],
  );
  graph.output(largest!, 'float32', ['logits', 1, 'blocks']);
  graph.output(at!, 'int64', ['logits', 1, 'blocks']);
}

/** The place is the first at which the largest stands, in float32: WebGPU's provider has no kernel that casts ArgMax's int64. */
function reducedMaxima(layers: Layers, logits: Value): void {
  const { graph } = layers;
  const blocks = layers.reshape(logits, 0, -1, LOGIT_BLOCK);
  const largest = graph.node('ReduceMax', [blocks, axes(graph, 2)], { attributes: { keepdims: 1 } });
  const places = graph.constant(
    'places',
    'float32',
    [LOGIT_BLOCK],
    Array.from({ length: LOGIT_BLOCK }, (_, i) => i),
  );
  const nowhere = graph.constant('nowhere', 'float32', [1], [LOGIT_BLOCK]);
  const isLargest = graph.node('Equal', [blocks, largest]);
  const first = graph.node('ReduceMin', [graph.node('Where', [isLargest, places, nowhere]), axes(graph, 2)], {
    attributes: { keepdims: 1 },
  });
  const [both] = graph.node('Concat', [largest, first], { attributes: { axis: 2 } }, ['block_maxima']);
  graph.output(both!, 'float32', ['logits', 'blocks', 2]);
}

function axes(graph: GraphBuilder, axis: number): Value {
  return graph.constant(`axes[${axis}]`, 'int64', [1], [axis]);
}
