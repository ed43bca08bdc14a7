// What a model is shown to find the ranges of its keys and values: prose, numbers, code and other scripts around a drawn picture,
// then tokens from all over the vocabulary. The same for every run, so that equal weights give equal scales.
import type { VisionConfig } from '../qwen3-vl/config.ts';
import type { ModelFolder } from '../qwen3-vl/graphs/model-folder.ts';
import { computePositions } from '../qwen3-vl/positions.ts';
import { readTokenizer } from '../qwen3-vl/tokenizer.ts';
import type { Prompt } from './prompt.ts';
import type { VisionTower } from './vision-tower.ts';
import type { VisualSlice } from './visual-slice.ts';

const BEFORE = `<|im_start|>user
<0.5 seconds><|vision_start|>`;
const AFTER = `<|vision_end|>The lecture begins with a short review of last week. We defined a function as a rule that gives exactly one output for each input, and we drew its graph. Today's question is: how fast does the output change? At 12:45 on 3 March 2021, about 1,250 people were watching. Let f(x) = x^2 + 3x - 7; then f'(x) = 2x + 3. {"title": "Derivatives", "start": 12.5, "end": 31.0}
- first item
- second item

for (let i = 0; i < n; i++) sum += a[i];
Die Vorlesung beginnt um acht Uhr. El curso es gratis. Лекция начинается. 今天的课程从这里开始。 これは例です。<|im_end|>
<|im_start|>assistant
`;
/** Patches of each side of the picture. */
const PICTURE_SIDE = 16;
const RANDOM_TOKENS = 512;

/** Throws CheckpointError where the folder has no tokenizer. */
export async function calibrationPrompt(model: ModelFolder, vision: VisionTower): Promise<Prompt> {
  const { imageTokenId, videoTokenId, text, vision: tower } = model.config;
  const tokenizer = await readTokenizer(model.folder);
  const random = randomNumbers();
  const length = vision.rowsPerSlice(PICTURE_SIDE, PICTURE_SIDE);
  const before = tokenizer.encode(BEFORE);
  const scattered = Array.from({ length: RANDOM_TOKENS }, () => Math.floor(random() * text.vocabSize));
  const tokenIds = Int32Array.from([
    ...before,
    ...Array.from({ length }, () => imageTokenId),
    ...tokenizer.encode(AFTER),
    ...scattered.filter((id) => id !== imageTokenId && id !== videoTokenId),
  ]);
  const side = PICTURE_SIDE / tower.spatialMergeSize;
  const start = before.length;
  const places = computePositions(tokenIds.length, [{ start, rows: side, columns: side }]);
  const encode = async (): Promise<VisualSlice> => {
    const [rows] = await vision.encode([() => drawnPatches(tower, random)], [PICTURE_SIDE, PICTURE_SIDE]);
    return rows!;
  };
  return { tokenIds, ...places, groups: [{ start, length, pixelHash: 'calibration', encode }] };
}

/** Pixel values [patches, channels * frames * y * x] from -1 to 1: a quarter each of noise, checks, a slope and stripes. */
function drawnPatches({ inChannels, temporalPatchSize, patchSize }: VisionConfig, random: () => number): Float32Array {
  const area = patchSize ** 2;
  const patchValues = inChannels * temporalPatchSize * area;
  return Float32Array.from({ length: PICTURE_SIDE ** 2 * patchValues }, (_, i) => {
    const patch = Math.floor(i / patchValues);
    const channel = Math.floor((i % patchValues) / (temporalPatchSize * area));
    const y = Math.floor((i % area) / patchSize);
    const x = i % patchSize;
    const kind = Math.floor((4 * patch) / PICTURE_SIDE ** 2);
    if (kind === 0) return 2 * random() - 1;
    if (kind === 1) return ((x >> 2) + (y >> 3)) % 2 === 0 ? 1 : -1;
    if (kind === 2) return ((x + y + 7 * patch + 10 * channel) % 64) / 32 - 1;
    return (x * y) % (3 + (patch % 5)) === 0 ? -0.8 : 0.9;
  });
}

/** 0 up to 1, the same numbers every time. */
function randomNumbers(): () => number {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
