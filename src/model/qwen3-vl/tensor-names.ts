// Every weight of a Qwen3-VL model with its shape, from the configuration alone: what a checkpoint is checked against and
// what a model card's bytes are computed from. Names are those of the released files (spec sections 4.7 and 5.1).
import type { ModelConfig } from './config.ts';

export type TensorShape = readonly number[];

/** Canonical name -> shape; matrices are [out, in], stacked experts [experts, out, in]. `lm_head.weight` where untied. */
export function expectedTensors(config: ModelConfig): Map<string, TensorShape> {
  const tensors = new Map<string, TensorShape>();
  addText(tensors, config);
  addVision(tensors, config);
  return tensors;
}

function addText(tensors: Map<string, TensorShape>, { text }: ModelConfig): void {
  const { hiddenSize: hidden, headDim, moe } = text;
  const queries = text.numHeads * headDim;
  const keys = text.numKvHeads * headDim;
  tensors.set('model.language_model.embed_tokens.weight', [text.vocabSize, hidden]);
  for (let layer = 0; layer < text.numLayers; layer++) {
    const at = `model.language_model.layers.${layer}`;
    tensors.set(`${at}.input_layernorm.weight`, [hidden]);
    tensors.set(`${at}.post_attention_layernorm.weight`, [hidden]);
    tensors.set(`${at}.self_attn.q_proj.weight`, [queries, hidden]);
    tensors.set(`${at}.self_attn.k_proj.weight`, [keys, hidden]);
    tensors.set(`${at}.self_attn.v_proj.weight`, [keys, hidden]);
    tensors.set(`${at}.self_attn.o_proj.weight`, [hidden, queries]);
    tensors.set(`${at}.self_attn.q_norm.weight`, [headDim]);
    tensors.set(`${at}.self_attn.k_norm.weight`, [headDim]);
    if (moe?.sparseLayers[layer]) {
      tensors.set(`${at}.mlp.gate.weight`, [moe.numExperts, hidden]);
      tensors.set(`${at}.mlp.experts.gate_up_proj`, [moe.numExperts, 2 * moe.intermediateSize, hidden]);
      tensors.set(`${at}.mlp.experts.down_proj`, [moe.numExperts, hidden, moe.intermediateSize]);
    } else {
      tensors.set(`${at}.mlp.gate_proj.weight`, [text.intermediateSize, hidden]);
      tensors.set(`${at}.mlp.up_proj.weight`, [text.intermediateSize, hidden]);
      tensors.set(`${at}.mlp.down_proj.weight`, [hidden, text.intermediateSize]);
    }
  }
  tensors.set('model.language_model.norm.weight', [hidden]);
  if (!text.tieWordEmbeddings) tensors.set('lm_head.weight', [text.vocabSize, hidden]);
}

function addVision(tensors: Map<string, TensorShape>, { vision }: ModelConfig): void {
  const { hiddenSize: hidden, patchSize, spatialMergeSize: merge } = vision;
  const merged = hidden * merge * merge;
  const addLinear = (name: string, out: number, shapeIn: TensorShape) => {
    tensors.set(`${name}.weight`, [out, ...shapeIn]);
    tensors.set(`${name}.bias`, [out]);
  };
  const addNorm = (name: string, size: number) => {
    tensors.set(`${name}.weight`, [size]);
    tensors.set(`${name}.bias`, [size]);
  };
  addLinear('model.visual.patch_embed.proj', hidden, [
    vision.inChannels,
    vision.temporalPatchSize,
    patchSize,
    patchSize,
  ]);
  tensors.set('model.visual.pos_embed.weight', [vision.numPositionEmbeddings, hidden]);
  for (let block = 0; block < vision.depth; block++) {
    const at = `model.visual.blocks.${block}`;
    addNorm(`${at}.norm1`, hidden);
    addNorm(`${at}.norm2`, hidden);
    addLinear(`${at}.attn.qkv`, 3 * hidden, [hidden]);
    addLinear(`${at}.attn.proj`, hidden, [hidden]);
    addLinear(`${at}.mlp.linear_fc1`, vision.intermediateSize, [hidden]);
    addLinear(`${at}.mlp.linear_fc2`, hidden, [vision.intermediateSize]);
  }
  // The main merger normalises one patch, the DeepStack mergers a whole merge block (spec section 4.5).
  const mergers = [
    ['model.visual.merger', hidden] as const,
    ...vision.deepstackIndexes.map((_, k) => [`model.visual.deepstack_merger_list.${k}`, merged] as const),
  ];
  for (const [at, normSize] of mergers) {
    addNorm(`${at}.norm`, normSize);
    addLinear(`${at}.linear_fc1`, merged, [merged]);
    addLinear(`${at}.linear_fc2`, vision.outHiddenSize, [merged]);
  }
}

/** Some converted repositories drop the leading `model.` or nest it inside: all names to the released ones. */
export function canonicalName(stored: string): string {
  if (/^(model\.)?(language_model\.)?lm_head\.weight$/.test(stored)) return 'lm_head.weight';
  return stored
    .replace(/^(?:model\.)?visual\./, 'model.visual.')
    .replace(/^(?:model\.)?language_model\.(?:model\.)?/, 'model.language_model.');
}
