// The vision tower as an ONNX graph, after spec section 4: patches of equally large slices in, one visual row per merged 2x2
// block out. A batch row is one temporal slice, because attention never crosses slices (spec 4.4).
import { GraphBuilder, type Value } from '../../onnx/graph.ts';
import type { WeightLayout } from '../../onnx/weight-file.ts';
import type { ModelConfig, VisionConfig } from '../config.ts';
import { Layers, type LayerOptions } from './layers.ts';

/**
 * Inputs: `pixel_values` [slices, patches, 3 * 2 * 16 * 16]; `position_index` int32 [4, patches] and `position_weight`
 * [4, patches, 1], the four table rows each patch's learned position is mixed from; `cos`, `sin` [patches, headDim / 2] and
 * `rope_rows` int64 [slices, patches].
 * Output: `visual_rows` [slices, patches / 4, (1 + D) outHidden]: the merger's row, then the D DeepStack rows.
 */
export function buildVisionGraph(
  config: ModelConfig,
  weights: WeightLayout,
  weightFile: string,
  options: LayerOptions,
): Uint8Array {
  const { vision } = config;
  const { activations } = options;
  const graph = new GraphBuilder('vision', weights, weightFile);
  const layers = new Layers(graph, options);
  const { hiddenSize, numHeads } = vision;
  const patchValues = vision.inChannels * vision.temporalPatchSize * vision.patchSize ** 2;

  const pixels = layers.floatInput('pixel_values', ['slices', 'patches', patchValues]);
  const index = graph.input('position_index', 'int32', [4, 'patches']);
  const weight = layers.floatInput('position_weight', [4, 'patches', 1]);
  const cos = layers.floatInput('cos', ['patches', hiddenSize / numHeads / 2]);
  const sin = layers.floatInput('sin', ['patches', hiddenSize / numHeads / 2]);
  const rows = graph.input('rope_rows', 'int64', ['slices', 'patches']);

  // Learned positions: four neighbours of a 48 x 48 table, mixed (spec 4.2); the same for every slice.
  const neighbours = graph.node('Mul', [layers.lookUp('vision.positions', index), weight]);
  const positions = graph.node('ReduceSum', [neighbours, layers.axes(0)], {
    attributes: { keepdims: 0 },
  });
  let hidden = graph.node('Add', [layers.linear(pixels, 'vision.patch_embed', patchValues, hiddenSize), positions]);

  const parts = new Map<number, Value>();
  for (let i = 0; i < vision.depth; i++) {
    const at = `vision.blocks.${i}`;
    hidden = graph.node('Add', [hidden, attend(layers, vision, at, { x: hidden, rows, cos, sin })]);
    hidden = graph.node('Add', [hidden, feedForward(layers, vision, at, hidden)]);
    const deepstack = vision.deepstackIndexes.indexOf(i);
    if (deepstack >= 0) parts.set(1 + deepstack, deepstackMerger(layers, vision, deepstack, hidden));
  }
  parts.set(0, merger(layers, vision, hidden));

  const ordered = [...parts].sort(([a], [b]) => a - b).map(([, value]) => value);
  const [visualRows] = graph.node('Concat', ordered, { attributes: { axis: -1 } }, ['visual_rows']);
  graph.output(visualRows!, activations, ['slices', 'merged', ordered.length * vision.outHiddenSize]);
  return graph.finish();
}

/** Every patch to every patch of its slice. */
function attend(
  layers: Layers,
  { hiddenSize, numHeads }: VisionConfig,
  at: string,
  { x, rows, cos, sin }: Record<'x' | 'rows' | 'cos' | 'sin', Value>,
): Value {
  const { graph } = layers;
  const qkv = layers.linear(layers.layerNorm(x, `${at}.norm1`), `${at}.qkv`, hiddenSize, 3 * hiddenSize);
  const names = ['q', 'k', 'v'].map((part) => `${at}.${part}`);
  const [q, k, v] = graph.node('Split', [qkv], { attributes: { axis: -1, num_outputs: 3 } }, names);
  const rotated = [q!, k!].map((value) => layers.rotate(value, rows, cos, sin, numHeads));
  const attended = graph.contrib('MultiHeadAttention', [...rotated, v!], { num_heads: numHeads });
  return layers.linear(attended, `${at}.proj`, hiddenSize, hiddenSize);
}

function feedForward(layers: Layers, { hiddenSize, intermediateSize }: VisionConfig, at: string, x: Value): Value {
  const inner = layers.linear(layers.layerNorm(x, `${at}.norm2`), `${at}.fc1`, hiddenSize, intermediateSize);
  // The blocks' GELU is the tanh approximation, the mergers' the exact one (spec 4.5).
  const activated = layers.graph.contrib('FastGelu', [inner]);
  return layers.linear(activated, `${at}.fc2`, intermediateSize, hiddenSize);
}

/** Norm of each patch, then four patches side by side (spec 4.5). */
function merger(layers: Layers, vision: VisionConfig, x: Value): Value {
  const merged = vision.hiddenSize * vision.spatialMergeSize ** 2;
  return mergerMlp(
    layers,
    vision,
    'vision.merger',
    layers.reshape(layers.layerNorm(x, 'vision.merger.norm'), 0, -1, merged),
  );
}

/** Four patches side by side first, then one norm over all four. */
function deepstackMerger(layers: Layers, vision: VisionConfig, k: number, x: Value): Value {
  const at = `vision.deepstack.${k}`;
  const merged = vision.hiddenSize * vision.spatialMergeSize ** 2;
  return mergerMlp(layers, vision, at, layers.layerNorm(layers.reshape(x, 0, -1, merged), `${at}.norm`));
}

function mergerMlp(layers: Layers, vision: VisionConfig, at: string, x: Value): Value {
  const merged = vision.hiddenSize * vision.spatialMergeSize ** 2;
  const inner = layers.graph.contrib('Gelu', [layers.linear(x, `${at}.fc1`, merged, merged)]);
  return layers.linear(inner, `${at}.fc2`, merged, vision.outHiddenSize);
}
