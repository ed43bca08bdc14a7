// The text decoder as an ONNX graph: token ids and visual rows in, logits of asked-for positions out, KV cache in place.
// Dense or mixture of experts, after spec sections 4.6 and 5.
import { float, GraphBuilder, none, type Value } from '../../onnx/graph.ts';
import type { WeightLayout } from '../../onnx/weight-file.ts';
import { dataTypes } from '../../ort/data-type.ts';
import { visualRowWidth, type ModelConfig, type TextConfig } from '../config.ts';
import { Attention, type AttentionOptions } from './attention.ts';
import { Layers, type LayerOptions } from './layers.ts';
import { expertBlockSize } from './weights.ts';

export interface DecoderGraphOptions extends LayerOptions, AttentionOptions {
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
}

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
  const visualRows = graph.input('visual_rows', activations, ['visual', visualRowWidth(config)]);
  const visualIndex = graph.input('visual_index', 'int32', ['batch', 'tokens']);
  const attention = new Attention(layers, text, options);
  const logitRows = graph.input('logit_rows', 'int32', ['logits']);

  const visual = splitVisualRows(graph, visualRows, visualIndex, numDeepstack);
  const isVisual = graph.node('Cast', [graph.node('Unsqueeze', [visualIndex, layers.axes(2)])], {
    attributes: { to: dataTypes.bool.code },
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
    const attended = attention.attend(i, first.normed);
    const second = layers.addAndRmsNorm(first.sum, attended, `${at}.post_norm`, text.rmsNormEps);
    const mlp = text.moe?.sparseLayers[i]
      ? mixture(layers, text, at, second.normed)
      : dense(layers, text, at, second.normed);
    hidden = second.sum;
    if (options.exposeHidden) expose(i + 1, graph.node('Add', [hidden, mlp]));
    // DeepStack feature k joins the stream after layer k; text positions add zero.
    pending = i < numDeepstack ? graph.node('Add', [mlp, visual[1 + i]!]) : mlp;
  }
  const last = layers.reshape(graph.node('Add', [hidden, pending!]), -1, text.hiddenSize);
  // Only the rows asked for go through the final norm and the head: a whole prompt's logits would be 0.6 MB a token.
  addHead(layers, text, graph.node('Gather', [last, logitRows], { attributes: { axis: 0 } }), options.blockMaxima);
  return graph.finish();
}

/** The final norm of `rows` [logits, hidden], and their logits. */
function addHead(layers: Layers, text: TextConfig, rows: Value, blockMaxima: DecoderGraphOptions['blockMaxima']): void {
  const normed = layers.rmsNorm(rows, 'norm', text.rmsNormEps);
  const table = text.tieWordEmbeddings ? 'embed' : 'head';
  const scores = layers.multiplyTable(normed, table, text.hiddenSize, text.vocabSize);
  const logits = output(layers, 'logits', scores, text.vocabSize);
  if (blockMaxima === 'pooled') pooledMaxima(layers, logits);
  if (blockMaxima === 'reduced') reducedMaxima(layers, logits);
  output(layers, 'hidden', normed, text.hiddenSize);
}

/** The visual rows of this run spread over its positions, cut into the embedding part and the D DeepStack parts. */
function splitVisualRows(graph: GraphBuilder, rows: Value, index: Value, numDeepstack: number): Value[] {
  const spread = graph.node('Gather', [rows, index], { attributes: { axis: 0 } });
  if (numDeepstack === 0) return [spread];
  const names = Array.from({ length: 1 + numDeepstack }, (_, k) => `visual.${k}`);
  return graph.node('Split', [spread], { attributes: { axis: -1, num_outputs: names.length } }, names);
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
  const [named] = graph.node('Cast', [value], { attributes: { to: dataTypes.float32.code } }, [name]);
  graph.output(named!, 'float32', ['logits', width]);
  return named!;
}

/** A pooling kernel has a thread for each block; the reductions of CUDA's provider take a millisecond for a row. */
function pooledMaxima(layers: Layers, logits: Value): void {
  const { graph } = layers;
  const rows = graph.node('Unsqueeze', [logits, layers.axes(1)]);
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
  const largest = graph.node('ReduceMax', [blocks, layers.axes(2)], { attributes: { keepdims: 1 } });
  const places = graph.constant(
    'places',
    'float32',
    [LOGIT_BLOCK],
    Array.from({ length: LOGIT_BLOCK }, (_, i) => i),
  );
  const nowhere = graph.constant('nowhere', 'float32', [1], [LOGIT_BLOCK]);
  const isLargest = graph.node('Equal', [blocks, largest]);
  const first = graph.node('ReduceMin', [graph.node('Where', [isLargest, places, nowhere]), layers.axes(2)], {
    attributes: { keepdims: 1 },
  });
  const [both] = graph.node('Concat', [largest, first], { attributes: { axis: 2 } }, ['block_maxima']);
  graph.output(both!, 'float32', ['logits', 'blocks', 2]);
}
