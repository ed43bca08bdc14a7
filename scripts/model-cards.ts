// Writes models/NAME/card.json for every released Qwen3-VL checkpoint and for our own: shapes from the tables below, costs
// computed. `node scripts/model-cards.ts`
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CARDS_FOLDER, computeCosts, type ModelCard, type ModelShapes } from '../src/model/cards.ts';

const smallTower = { depth: 24, hiddenSize: 1024, intermediateSize: 4096, numHeads: 16, deepstackIndexes: [5, 11, 17] };
const largeTower = { depth: 27, hiddenSize: 1152, intermediateSize: 4304, numHeads: 16, deepstackIndexes: [8, 16, 24] };
const shared = { headDim: 128, vocabSize: 151_936 };

/** hidden, MLP, layers, query heads, key-value heads. */
function text(hiddenSize: number, intermediateSize: number, numLayers: number, numHeads: number, numKvHeads: number) {
  return { hiddenSize, intermediateSize, numLayers, numHeads, numKvHeads, ...shared };
}

const released: Record<string, { shapes: ModelShapes; about: string }> = {
  '2B': {
    shapes: { text: { ...text(2048, 6144, 28, 16, 8), tieWordEmbeddings: true }, vision: smallTower },
    about: 'The smallest released size: runs on a laptop, reads slides and pages.',
  },
  '4B': {
    shapes: { text: { ...text(2560, 9728, 36, 32, 8), tieWordEmbeddings: true }, vision: smallTower },
    about: 'Better answers than 2B for about twice the memory; a sensible default where it fits.',
  },
  '8B': {
    shapes: { text: { ...text(4096, 12_288, 36, 32, 8), tieWordEmbeddings: false }, vision: largeTower },
    about: 'For one GPU of 16 GB and more (int4), with the larger vision tower.',
  },
  '32B': {
    shapes: { text: { ...text(5120, 25_600, 64, 64, 8), tieWordEmbeddings: false }, vision: largeTower },
    about: 'The largest dense size: one GPU of 24 GB and more (int4).',
  },
  '30B-A3B': {
    shapes: {
      text: {
        ...text(2048, 6144, 48, 32, 4),
        tieWordEmbeddings: false,
        moe: { numExperts: 128, topK: 8, intermediateSize: 768 },
      },
      vision: largeTower,
    },
    about: 'A mixture of experts: the memory of 30B, the speed of about 3B.',
  },
  '235B-A22B': {
    shapes: {
      text: {
        ...text(4096, 12_288, 94, 64, 4),
        tieWordEmbeddings: false,
        moe: { numExperts: 128, topK: 8, intermediateSize: 1536 },
      },
      vision: largeTower,
    },
    about: 'The largest released size: for a server with several GPUs or much memory.',
  },
};

const slidesShapes: ModelShapes = {
  text: { ...text(384, 1024, 6, 6, 2), vocabSize: 4096, tieWordEmbeddings: true },
  vision: { depth: 8, hiddenSize: 256, intermediateSize: 1024, numHeads: 4, deepstackIndexes: [2, 4, 6] },
};

const cards: ModelCard[] = Object.entries(released).flatMap(([size, { shapes, about }]) =>
  (['Instruct', 'Thinking'] as const).map((variant) => ({
    name: `qwen3-vl-${size}-${variant}`.toLowerCase(),
    family: 'qwen3-vl' as const,
    about,
    licence: 'Apache-2.0',
    repository: `Qwen/Qwen3-VL-${size}-${variant}`,
    variant: variant.toLowerCase() as ModelCard['variant'],
    contextTokens: 262_144,
    shapes,
    costs: computeCosts(shapes),
  })),
);
cards.push({
  name: 'lectern-slides-26m',
  family: 'qwen3-vl',
  about: 'Ours, in the box: reads slide titles and says when they are shown; it knows nothing else.',
  licence: 'Apache-2.0',
  variant: 'instruct',
  contextTokens: 262_144,
  events: {
    instruction: 'List the events as JSON.',
    fps: 1,
    maxFrames: 48,
    frame: { width: 448, height: 256 },
    readsText: false,
  },
  shapes: slidesShapes,
  costs: computeCosts(slidesShapes),
});

for (const card of cards) {
  const folder = join(CARDS_FOLDER, card.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
}
console.log(`${cards.length} cards in ${CARDS_FOLDER}`);
