// Pictures and sampled video frames to what the vision tower reads. A clip comes out as frame groups, each resized, hashed and
// cut into patches by itself: the patches of an hour of video would not fit in memory at once, and a group whose pixels were
// seen before need not be cut at all.
import { createHash } from 'node:crypto';
import { assert } from '../../errors.ts';
import { patchifyGroup } from './patchify.ts';
import type { ProcessorConfig } from './processor-config.ts';
import { resizeBicubic, type RgbImage } from './resize.ts';
import { fitImage, fitVideo, type Size } from './smart-resize.ts';

/** One image, or the frames that share a temporal patch: the unit of vision, of positions and of prefix cuts. */
export interface PixelGroup {
  /** Patches: [1, height / patch, width / patch]. */
  readonly grid: readonly [1, number, number];
  /** Rows after merging, which is placeholder tokens in the prompt. */
  readonly numTokens: number;
  /** sha256 over the resized pixels, their size and their normalisation: equal hashes, equal `pixelValues`. */
  readonly pixelHash: string;
  /** [grid product, 3 * temporalPatchSize * patch * patch] float32, computed anew at each call. */
  pixelValues(): Float32Array;
}

/** The size at which a picture is shown to the model. */
export function imageSize(image: Size, { layout, imageBudget }: ProcessorConfig): Size {
  return fitImage(image, layout.patchSize * layout.mergeSize, imageBudget);
}

/** The size at which each of a clip's frames is shown. */
export function videoSize(frame: Size, numFrames: number, { layout, videoBudget }: ProcessorConfig): Size {
  return fitVideo(frame, numFrames, layout.patchSize * layout.mergeSize, layout.temporalPatchSize, videoBudget);
}

/** Placeholder tokens of one picture or one frame group of this (final) size. */
export function groupTokens({ height, width }: Size, { layout }: ProcessorConfig): number {
  const side = layout.patchSize * layout.mergeSize;
  return (height / side) * (width / side);
}

/** A still picture is a group of equal frames. Throws AspectRatioError. */
export function preprocessImage(image: RgbImage, config: ProcessorConfig): PixelGroup {
  checkPixels(image);
  const size = imageSize(image, config);
  const resized = resizeBicubic(image, size.width, size.height);
  return makePixelGroup(new Array<RgbImage>(config.layout.temporalPatchSize).fill(resized), config);
}

/** `temporalPatchSize` pictures, already at the size at which they are shown. */
export function makePixelGroup(frames: readonly RgbImage[], config: ProcessorConfig): PixelGroup {
  const { layout } = config;
  const { width, height } = frames[0]!;
  const hash = createHash('sha256').update(JSON.stringify([layout, width, height]));
  for (const frame of frames) hash.update(frame.data);
  return {
    grid: [1, height / layout.patchSize, width / layout.patchSize],
    numTokens: groupTokens({ width, height }, config),
    pixelHash: hash.digest('hex'),
    pixelValues: () => patchifyGroup(frames, layout),
  };
}

function checkPixels({ data, width, height }: RgbImage): void {
  assert(data.length === width * height * 3, `${data.length} bytes for ${width} x ${height} RGB pixels`);
}
