// The size at which a picture or a video is shown to the model: whole merge blocks, within a budget of pixels, near the
// original shape. Order of the floating-point operations follows the reference (spec sections 2.1 and 3.3), because a floor
// of `h / beta / f` and of `h / (beta * f)` differ by a block now and then.
import { LecternError } from '../../errors.ts';
import { roundHalfEven } from './half-even.ts';

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Pixels of one picture, or of a whole clip (frames x height x width). */
export interface PixelBudget {
  readonly minPixels: number;
  readonly maxPixels: number;
}

/** How a clip's budget counts. */
export type VideoBudget =
  /** transformers: the volume of the whole clip. */
  | (PixelBudget & {
      readonly kind: 'volume';
      /**
       * Also hold each frame to `MAX_FRAME_BLOCKS`, and never below 1.05 minPixels: what a short clip costs then follows its
       * length, and a long one stays legible. Opt-in in transformers 5.18 as `cap_pixels_per_frame`, on from 5.22; the
       * conformance cases were made with it.
       */
      readonly capPixelsPerFrame: boolean;
    })
  /** qwen-vl-utils: each frame by itself, and less for each the more there are. */
  | {
      readonly kind: 'frame';
      readonly minPixels: number;
      /** Pixels of all frames together, counted as two frames a temporal patch. */
      readonly totalPixels: number;
      /** Can only lower what totalPixels gives. */
      readonly maxPixels?: number;
    };

/** Longer sides than this many times the shorter one are refused, as by the reference. */
const MAX_ASPECT = 200;
/** Most pixels of one frame in both video rules, in merge blocks. */
const MAX_FRAME_BLOCKS = 768;

export class AspectRatioError extends LecternError {
  constructor({ height, width }: Size) {
    super(`a picture of ${width} x ${height} pixels is more than ${MAX_ASPECT} times as long as wide`, {
      code: 'ASPECT_RATIO',
      remedy: 'Cut the picture into parts.',
    });
  }
}

/** The size of a still picture; `factor` is patch size times merge size. Throws AspectRatioError. */
export function fitImage(size: Size, factor: number, budget: PixelBudget): Size {
  checkAspect(size);
  return fit(size, factor, budget);
}

/** The size of every frame of a clip of `numFrames` sampled frames. Throws AspectRatioError. */
export function fitVideo(
  size: Size,
  numFrames: number,
  factor: number,
  temporalPatchSize: number,
  budget: VideoBudget,
): Size {
  checkAspect(size);
  const blockPixels = factor * factor;
  if (budget.kind === 'frame') {
    const share = Math.min(MAX_FRAME_BLOCKS * blockPixels, (budget.totalPixels / numFrames) * temporalPatchSize);
    const floor = Math.max(share, Math.trunc(budget.minPixels * 1.05));
    return fit(size, factor, { minPixels: budget.minPixels, maxPixels: Math.min(floor, budget.maxPixels ?? Infinity) });
  }
  // The reference enlarges a frame thinner than a block before anything else, and truncates.
  const scale = Math.max(factor / size.height, factor / size.width, 1);
  const grown =
    size.height < factor || size.width < factor
      ? { height: Math.trunc(size.height * scale), width: Math.trunc(size.width * scale) }
      : size;
  const perFrame = Math.max(
    Math.min(MAX_FRAME_BLOCKS * blockPixels, Math.floor(budget.maxPixels / numFrames)),
    Math.trunc(budget.minPixels * 1.05),
  );
  const maxPixels = budget.capPixelsPerFrame ? perFrame * numFrames : budget.maxPixels;
  // Half-to-even here too: 5 frames count as 4, although 6 are shown.
  const groups = Math.max(1, roundHalfEven(numFrames / temporalPatchSize));
  const frames = { inVolume: numFrames, counted: groups * temporalPatchSize };
  return fit(grown, factor, { minPixels: budget.minPixels, maxPixels }, frames);
}

/**
 * Frames `counted` decide whether the size must change, those `inVolume` by how much: the reference rounds the one to whole groups
 * and not the other.
 */
function fit(
  { height, width }: Size,
  factor: number,
  { minPixels, maxPixels }: PixelBudget,
  { inVolume, counted } = { inVolume: 1, counted: 1 },
): Size {
  const rounded = {
    height: roundHalfEven(height / factor) * factor,
    width: roundHalfEven(width / factor) * factor,
  };
  const volume = counted * rounded.height * rounded.width;
  if (volume > maxPixels) {
    const beta = Math.sqrt((inVolume * height * width) / maxPixels);
    const shrink = (side: number) => Math.max(factor, Math.floor(side / beta / factor) * factor);
    return { height: shrink(height), width: shrink(width) };
  }
  if (volume < minPixels) {
    const beta = Math.sqrt(minPixels / (inVolume * height * width));
    const grow = (side: number) => Math.ceil((side * beta) / factor) * factor;
    return { height: grow(height), width: grow(width) };
  }
  // A side that rounds to nothing, with a budget that lets it.
  return { height: Math.max(factor, rounded.height), width: Math.max(factor, rounded.width) };
}

function checkAspect(size: Size): void {
  const { height, width } = size;
  if (Math.max(height, width) / Math.min(height, width) > MAX_ASPECT) throw new AspectRatioError(size);
}
