// What `lectern models` says to programs. Bytes are bytes; the context is in tokens.
import type { ModelCard } from '../../model/cards.ts';
import type { InstalledModel } from '../../model/installed-models.ts';
import { kvBytesPerToken } from '../../model/qwen3-vl/config.ts';

/** What it is and where it lies. */
export function installedJson(model: InstalledModel, isDefault: boolean) {
  const { name, family, kind, weights, bytes, isShipped, origin } = model;
  return {
    name,
    family,
    kind,
    weights,
    bytes,
    default: isDefault,
    shipped: isShipped,
    contextTokens: model.model.config.text.maxPositions,
    folder: model.model.folder,
    origin: origin ?? null,
  };
}

export function availableJson({ name, family, about, licence, repository, contextTokens, costs }: ModelCard) {
  const { parameters, checkpointBytes, weightBytes, kvBytesPerToken } = costs;
  return {
    name,
    family,
    about,
    licence,
    repository,
    contextTokens,
    parameters,
    checkpointBytes,
    weightBytes,
    kvBytesPerToken,
  };
}

export function shapesJson({ model }: InstalledModel) {
  const { architecture, text, vision } = model.config;
  const { numLayers, numHeads, numKvHeads, headDim, hiddenSize, vocabSize, moe } = text;
  return {
    architecture,
    text: { hiddenSize, numLayers, numHeads, numKvHeads, headDim, vocabSize, experts: moe?.numExperts ?? null },
    vision: { depth: vision.depth, hiddenSize: vision.hiddenSize, deepstackIndexes: vision.deepstackIndexes },
    kvBytesPerToken: kvBytesPerToken(text, 'float16'),
    weightsSha256: model.weightsSha256,
  };
}

export function aboutJson(card: ModelCard | undefined) {
  return { about: card?.about ?? null, licence: card?.licence ?? null };
}
