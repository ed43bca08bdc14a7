// What `models show` prints for people: one fact a line, sizes in units that are read at a glance.
import { byteText } from '../../byte-text.ts';
import { CARD_CONTEXTS, type ModelCard } from '../../model/cards.ts';
import type { InstalledModel } from '../../model/installed-models.ts';
import { kvBytesPerToken } from '../../model/qwen3-vl/config.ts';

type Fact = readonly [name: string, text: string];

export function factLines(facts: readonly Fact[]): string {
  return facts.map(([name, text]) => `${name.padEnd(12)}${text}`).join('\n');
}

export function installedFacts({ kind, weights, bytes, origin, model }: InstalledModel, card?: ModelCard): Fact[] {
  const { text, vision } = model.config;
  const { numLayers, hiddenSize, numHeads, numKvHeads, headDim, vocabSize, moe } = text;
  const experts = moe ? `, ${moe.numExperts} experts of which ${moe.topK} run` : '';
  return [
    ...(card
      ? ([
          ['about', card.about],
          ['licence', card.licence],
        ] as const)
      : []),
    ['kind', kind],
    ['weights', `${weights}, ${byteText(bytes)} on disk`],
    [
      'context',
      `${text.maxPositions} tokens, ${byteText(kvBytesPerToken(text, 'float16'))} of keys and values each (in half precision)`,
    ],
    [
      'decoder',
      `${numLayers} layers of ${hiddenSize}, ${numHeads} heads (${numKvHeads} for keys and values) of ${headDim}${experts}`,
    ],
    ['vocabulary', `${vocabSize} tokens`],
    [
      'vision',
      `${vision.depth} layers of ${vision.hiddenSize}, handed on after layers ${vision.deepstackIndexes.join(', ')}`,
    ],
    ...(origin ? [['from', `${origin.from}, ${origin.addedAt.slice(0, 10)}`] as const] : []),
    ['folder', model.folder],
    ['sha256', model.weightsSha256],
  ];
}

/** What it would cost: to download, on disk, and in memory with so much context. */
export function availableFacts({ about, repository, licence, costs }: ModelCard): Fact[] {
  const memory = (format: 'int4' | 'fp16') =>
    CARD_CONTEXTS.flatMap((tokens) => {
      const bytes = costs.memoryBytes[format][tokens];
      return bytes === undefined ? [] : [`${byteText(bytes)} at ${tokens / 1024}K`];
    }).join(', ');
  return [
    ['about', about],
    ['licence', licence],
    ['download', `${byteText(costs.checkpointBytes)} from ${repository ?? 'nowhere'}`],
    ['on disk', `${byteText(costs.weightBytes.int4)} as int4, ${byteText(costs.weightBytes.fp16)} as fp16`],
    ['memory', `int4: ${memory('int4')} tokens of context`],
    ['', `fp16: ${memory('fp16')} tokens of context`],
  ];
}
