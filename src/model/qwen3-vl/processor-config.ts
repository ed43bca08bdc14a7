// How a checkpoint wants its pictures: preprocessor_config.json and video_preprocessor_config.json (released layout), or
// processor_config.json (transformers 5). `size.shortest_edge` and `longest_edge` are pixel counts, whatever their names say.
import { join } from 'node:path';
import { z } from 'zod';
import { CheckpointError } from './checkpoint-error.ts';
import { readJsonFile } from './json-file.ts';
import type { PatchLayout } from './patchify.ts';
import type { PixelBudget, VideoBudget } from './smart-resize.ts';

export interface ProcessorConfig {
  readonly layout: PatchLayout;
  readonly imageBudget: PixelBudget;
  readonly videoBudget: VideoBudget;
  /** Frames a second that videos are sampled at, unless the caller says otherwise. */
  readonly videoFps: number;
  readonly minFrames: number;
  readonly maxFrames: number;
}

/** Files beside the weights that the runtime needs at run time: to be copied with a converted model. */
export const PROCESSOR_FILES: readonly string[] = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'video_preprocessor_config.json',
  'processor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'vocab.json',
  'merges.txt',
  'chat_template.json',
  'chat_template.jinja',
];

const triple = z.tuple([z.number(), z.number(), z.number()]);
const half = [0.5, 0.5, 0.5] as [number, number, number];

const pixelsSchema = z.looseObject({
  patch_size: z.int().positive().default(16),
  temporal_patch_size: z.int().positive().default(2),
  merge_size: z.int().positive().default(2),
  image_mean: triple.default(half),
  image_std: triple.default(half),
  resample: z.literal(3, 'only bicubic (3) is computed').default(3),
  rescale_factor: z.number().optional(),
  size: z
    .looseObject({ shortest_edge: z.number().positive().optional(), longest_edge: z.number().positive().optional() })
    .optional(),
  min_pixels: z.number().positive().optional(),
  max_pixels: z.number().positive().optional(),
});

const videoSchema = pixelsSchema.extend({
  fps: z.number().positive().nullish(),
  min_frames: z.int().positive().optional(),
  max_frames: z.int().positive().optional(),
  cap_pixels_per_frame: z.boolean().nullish(),
});

const bothSchema = z.looseObject({ image_processor: pixelsSchema.optional(), video_processor: videoSchema.optional() });

// What the released files say; a folder without any of them is read with these (spec sections 2.2 and 3.3).
const RELEASED_IMAGE: PixelBudget = { minPixels: 65_536, maxPixels: 16_777_216 };
const RELEASED_VIDEO: PixelBudget = { minPixels: 4096, maxPixels: 25_165_824 };

/** Throws CheckpointError. */
export async function readProcessorConfig(folder: string): Promise<ProcessorConfig> {
  const read = <T>(name: string, schema: z.ZodType<T>) => readJsonFile(join(folder, name), schema, 'CHECKPOINT_CONFIG');
  const both = await read('processor_config.json', bothSchema);
  const image =
    (await read('preprocessor_config.json', pixelsSchema)) ?? both?.image_processor ?? pixelsSchema.parse({});
  const video = (await read('video_preprocessor_config.json', videoSchema)) ?? both?.video_processor;
  const layout: PatchLayout = {
    patchSize: image.patch_size,
    temporalPatchSize: image.temporal_patch_size,
    mergeSize: image.merge_size,
    mean: image.image_mean,
    std: image.image_std,
  };
  const same =
    !video || (['patch_size', 'temporal_patch_size', 'merge_size'] as const).every((k) => video[k] === image[k]);
  if (!same) throw new CheckpointError('CHECKPOINT_CONFIG', folder, 'cuts images and video into different patches');
  const scale = image.rescale_factor ?? 1 / 255;
  if (Math.abs(scale * 255 - 1) > 1e-6) {
    throw new CheckpointError('CHECKPOINT_CONFIG', folder, `rescale_factor ${scale} is not 1/255`);
  }
  return {
    layout,
    imageBudget: readBudget(image, RELEASED_IMAGE),
    videoBudget: {
      kind: 'volume',
      ...readBudget(video, RELEASED_VIDEO),
      capPixelsPerFrame: video?.cap_pixels_per_frame ?? true,
    },
    videoFps: video?.fps ?? 2,
    minFrames: video?.min_frames ?? 4,
    maxFrames: video?.max_frames ?? 768,
  };
}

function readBudget(file: z.infer<typeof pixelsSchema> | undefined, released: PixelBudget): PixelBudget {
  return {
    minPixels: file?.size?.shortest_edge ?? file?.min_pixels ?? released.minPixels,
    maxPixels: file?.size?.longest_edge ?? file?.max_pixels ?? released.maxPixels,
  };
}
