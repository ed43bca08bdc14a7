// The pictures and clips of messages, made ready for a prompt: sizes alone where tokens are to be counted, pixels where the
// model is to see them. One frame group is decoded at a time, so a clip never stands in memory at its own size.
import { assert, InputError } from '../../errors.ts';
import { resizeBicubic, type RgbImage } from '../qwen3-vl/resize.ts';
import { groupTokens, imageSize, makePixelGroup, preprocessImage, videoSize } from '../qwen3-vl/preprocessing.ts';
import type { PixelGroup } from '../qwen3-vl/preprocessing.ts';
import type { ProcessorConfig } from '../qwen3-vl/processor-config.ts';
import type { PromptMedia, PromptVideo } from '../qwen3-vl/prompt.ts';
import type { PixelBudget, Size, VideoBudget } from '../qwen3-vl/smart-resize.ts';
import type { ChatMessage, ChatPart, Picture, SeenPicture, TimedFrame } from './chat-model.ts';
import { decodePicture, PictureGoneError, pictureSize } from './picture.ts';

/** Pixels of one picture or frame. */
export type BudgetOverride = Partial<PixelBudget>;

/** Frames that are no clip: none at all, of several sizes, or with times that run backwards. */
export class FramesError extends InputError {
  constructor(problem: string) {
    super(`The frames are no clip: ${problem}`, {
      code: 'FRAMES',
      remedy: 'Give the frames of one video, all of one size, in order of their times in seconds.',
    });
  }
}

/** Sizes only: enough for a prompt's tokens and positions. Throws PictureError, FramesError, AspectRatioError. */
export function measureMedia(
  messages: readonly ChatMessage[],
  processor: ProcessorConfig,
  budget: BudgetOverride = {},
): Promise<PromptMedia> {
  return collectMedia(messages, {
    image: async (picture) =>
      unseenGroup(imageSize(await pictureSize(picture), forImages(processor, budget)), processor),
    clip: async (frames) => {
      const size = await clipSize(frames, processor, budget);
      return chunked(frames, processor).map(() => unseenGroup(size, processor));
    },
  });
}

/** Pixels too. Throws as measureMedia does, or the signal's reason. */
export function readMedia(
  messages: readonly ChatMessage[],
  processor: ProcessorConfig,
  budget: BudgetOverride = {},
  signal?: AbortSignal,
): Promise<PromptMedia> {
  return collectMedia(messages, {
    image: async (picture) => {
      signal?.throwIfAborted();
      if ('pixelHash' in picture)
        return seenGroup(picture, imageSize(picture, forImages(processor, budget)), processor);
      return preprocessImage(await decodePicture(picture), forImages(processor, budget));
    },
    clip: async (frames) => {
      const size = await clipSize(frames, processor, budget);
      const [first] = frames;
      if (frames.length === 1 && 'pixelHash' in first!.picture) return [seenGroup(first!.picture, size, processor)];
      // A still that is shown for minutes is one picture object in many frames.
      const shown = new Map<Picture, RgbImage>();
      const show = async (picture: Picture): Promise<RgbImage> => {
        signal?.throwIfAborted();
        const known = shown.get(picture);
        if (known) return known;
        const resized = resizeBicubic(await decodePicture(picture), size.width, size.height);
        shown.set(picture, resized);
        return resized;
      };
      const groups: PixelGroup[] = [];
      for (const chunk of chunked(frames, processor)) {
        const pixels: RgbImage[] = [];
        for (const { picture } of chunk) pixels.push(await show(picture));
        groups.push(makePixelGroup(pixels, processor));
      }
      return groups;
    },
  });
}

interface MediaReader {
  image(picture: Picture): Promise<PixelGroup>;
  clip(frames: readonly TimedFrame[]): Promise<PixelGroup[]>;
}

/** In the order of the parts, which is the order of the template's placeholders. */
async function collectMedia(messages: readonly ChatMessage[], reader: MediaReader): Promise<PromptMedia> {
  const images: PixelGroup[] = [];
  const videos: PromptVideo[] = [];
  for (const { content } of messages) {
    const parts: readonly ChatPart[] = typeof content === 'string' ? [] : content;
    for (const part of parts) {
      if (part.type === 'image') images.push(await reader.image(part.picture));
      else if (part.type === 'frames') {
        const frameTimes = part.frames.map(({ timeSec }) => timeSec);
        checkTimes(frameTimes);
        videos.push({ groups: await reader.clip(part.frames), frameTimes });
      }
    }
  }
  return { images, videos };
}

function checkTimes(times: readonly number[]): void {
  if (times.length === 0) throw new FramesError('there are none');
  const wrong = times.findIndex((time, i) => !Number.isFinite(time) || time < (times[i - 1] ?? -Infinity));
  if (wrong >= 0) throw new FramesError(`frame ${wrong + 1} has the time ${times[wrong]} after ${times[wrong - 1]}`);
}

async function clipSize(
  frames: readonly TimedFrame[],
  processor: ProcessorConfig,
  budget: BudgetOverride,
): Promise<Size> {
  const known = new Map<Picture, Size>();
  for (const { picture } of frames) if (!known.has(picture)) known.set(picture, await pictureSize(picture));
  const [first, ...others] = known.values();
  assert(first !== undefined, 'a clip without frames');
  const other = others.find(({ width, height }) => width !== first.width || height !== first.height);
  if (other) {
    throw new FramesError(`one has ${first.width} x ${first.height} pixels, another ${other.width} x ${other.height}`);
  }
  return videoSize(first, frames.length, forClip(processor, frames.length, budget));
}

/** Frames by temporal patch; the last one fills the last patch. */
function chunked(frames: readonly TimedFrame[], { layout }: ProcessorConfig): TimedFrame[][] {
  const { temporalPatchSize } = layout;
  return Array.from({ length: Math.ceil(frames.length / temporalPatchSize) }, (_, chunk) =>
    Array.from(
      { length: temporalPatchSize },
      (__, i) => frames[Math.min(chunk * temporalPatchSize + i, frames.length - 1)]!,
    ),
  );
}

function unseenGroup(size: Size, config: ProcessorConfig): PixelGroup {
  const { patchSize } = config.layout;
  return {
    grid: [1, size.height / patchSize, size.width / patchSize],
    numTokens: groupTokens(size, config),
    pixelHash: '',
    pixelValues: () => {
      throw new Error('a picture that was only measured has no pixels');
    },
  };
}

function seenGroup({ pixelHash }: SeenPicture, size: Size, config: ProcessorConfig): PixelGroup {
  return {
    ...unseenGroup(size, config),
    pixelHash,
    pixelValues: () => {
      throw new PictureGoneError();
    },
  };
}

/** A bound that is given moves the other one along where they would cross. */
export function withBudget<T extends Partial<PixelBudget>>(own: T, { minPixels, maxPixels }: Partial<PixelBudget>): T {
  if (minPixels === undefined && maxPixels === undefined) return own;
  const min = minPixels ?? Math.min(own.minPixels ?? 0, maxPixels ?? Infinity);
  const max = maxPixels ?? (own.maxPixels === undefined ? undefined : Math.max(own.maxPixels, min));
  return { ...own, minPixels: min, ...(max !== undefined && { maxPixels: max }) };
}

function forImages(processor: ProcessorConfig, budget: BudgetOverride): ProcessorConfig {
  return { ...processor, imageBudget: withBudget(processor.imageBudget, budget) };
}

/** The checkpoint's own rule, or one of qwen-vl-utils' form, in which a frame has a budget of its own. */
function forClip(
  processor: ProcessorConfig,
  numFrames: number,
  { minPixels, maxPixels }: BudgetOverride,
): ProcessorConfig {
  if (minPixels === undefined && maxPixels === undefined) return processor;
  const own = processor.videoBudget;
  const videoBudget: VideoBudget = {
    kind: 'frame',
    minPixels:
      minPixels ??
      Math.min(own.kind === 'volume' ? Math.ceil(own.minPixels / numFrames) : own.minPixels, maxPixels ?? Infinity),
    totalPixels: own.kind === 'volume' ? own.maxPixels / processor.layout.temporalPatchSize : own.totalPixels,
    ...(maxPixels !== undefined && { maxPixels }),
  };
  return { ...processor, videoBudget };
}
