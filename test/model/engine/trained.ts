// The trained checkpoint beside the repository and its 14 clips: prompts built from the PNG frames as a user's would be.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import type { ModelConfig } from '../../../src/model/qwen3-vl/config.ts';
import { preprocessImage } from '../../../src/model/qwen3-vl/preprocessing.ts';
import type { ProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import { buildPrompt, type EncodedPrompt } from '../../../src/model/qwen3-vl/prompt.ts';
import type { RgbImage } from '../../../src/model/qwen3-vl/resize.ts';
import type { Tokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { clipGroups } from '../qwen3-vl/clip-groups.ts';

export const trainedFolder = resolve(import.meta.dirname, '../../../../shared/models/lectern-slides-26m');
export const hasTrained = existsSync(trainedFolder);
if (!hasTrained) console.log(`skipped: no trained checkpoint at ${trainedFolder}`);

export interface TrainedCase {
  readonly name: string;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly expected: string;
  readonly truth: string;
  readonly tokens: number[];
  readonly frames?: { readonly path: string; readonly time: number }[];
  readonly image?: string;
}

export function trainedCases(): TrainedCase[] {
  if (!hasTrained) return [];
  return JSON.parse(readFileSync(join(trainedFolder, 'cases', 'cases.json'), 'utf8')) as TrainedCase[];
}

/** `shiftSeconds` is added to every frame's time. */
export async function encodeCase(
  test: TrainedCase,
  tokenizer: Tokenizer,
  processor: ProcessorConfig,
  config: ModelConfig,
  shiftSeconds = 0,
): Promise<EncodedPrompt> {
  const text = (pad: string) =>
    `<|im_start|>user\n<|vision_start|>${pad}<|vision_end|>${test.prompt}<|im_end|>\n<|im_start|>assistant\n`;
  if (test.image !== undefined) {
    const image = preprocessImage(await readPng(test.image), processor);
    return buildPrompt(text('<|image_pad|>'), { images: [image], videos: [] }, tokenizer, config);
  }
  const frames = test.frames!;
  const pictures = new Map<string, RgbImage>();
  for (const { path } of frames) if (!pictures.has(path)) pictures.set(path, await readPng(path));
  const groups = await clipGroups(
    frames.map(({ path }) => pictures.get(path)!),
    processor,
  );
  const frameTimes = frames.map(({ time }) => time + shiftSeconds);
  return buildPrompt(text('<|video_pad|>'), { images: [], videos: [{ groups, frameTimes }] }, tokenizer, config);
}

async function readPng(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(join(trainedFolder, 'cases', path))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}
