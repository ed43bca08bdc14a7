// Pictures to JPEG files of exactly the size at which the server's own preprocessing leaves them alone: what travels is what the
// model sees, and its tokens are known beforehand. Equal pictures give equal bytes, which the server's caches need.
import sharp from 'sharp';
import { assert } from '../../errors.ts';
import type { Picture } from '../chat/chat-model.ts';
import { decodePicture } from '../chat/picture.ts';
import { fitImage, fitVideo, type Size } from '../qwen3-vl/smart-resize.ts';

/** What the released checkpoints say, in pixels (preprocessor_config.json, video_preprocessor_config.json). */
const IMAGE_BUDGET = { minPixels: 65_536, maxPixels: 16_777_216 };
const VIDEO_BUDGET = { minPixels: 4096, maxPixels: 25_165_824 };
/** Most pixels of a frame, in a clip or as a picture of its own. */
const MAX_FRAME_PIXELS = 786_432;
const TEMPORAL_PATCH = 2;

/** Small letters stay legible: no colour subsampling, hardly any blocks. */
const JPEG = { quality: 92, chromaSubsampling: '4:4:4' } as const;

export interface PixelLimits {
  /** Pixels of one picture or frame. */
  readonly minPixels?: number | undefined;
  readonly maxPixels?: number | undefined;
}

/** The size of a still picture; `side` is that of the square of pixels one token stands for. */
export function stillSize(size: Size, side: number, { minPixels, maxPixels }: PixelLimits): Size {
  return fitImage(size, side, {
    minPixels: minPixels ?? IMAGE_BUDGET.minPixels,
    maxPixels: maxPixels ?? IMAGE_BUDGET.maxPixels,
  });
}

/** The size of a frame that goes as a picture of its own. */
export function frameAsStillSize(size: Size, side: number, { minPixels, maxPixels }: PixelLimits): Size {
  return stillSize(size, side, { minPixels, maxPixels: maxPixels ?? MAX_FRAME_PIXELS });
}

/** The size of every frame of a clip. */
export function clipSize(frame: Size, numFrames: number, side: number, { minPixels, maxPixels }: PixelLimits): Size {
  // An even number: the rule counts five frames as four and seven as eight, so that what fits once would be shrunk again.
  const counted = TEMPORAL_PATCH * numGroups(numFrames);
  return fitVideo(frame, counted, side, TEMPORAL_PATCH, {
    kind: 'volume',
    minPixels: Math.max(VIDEO_BUDGET.minPixels, (minPixels ?? 0) * counted),
    maxPixels: Math.min(VIDEO_BUDGET.maxPixels, (maxPixels ?? MAX_FRAME_PIXELS) * counted),
    capPixelsPerFrame: false,
  });
}

/** Tokens of one picture or one pair of frames. */
export function pictureTokens({ width, height }: Size, side: number): number {
  return Math.ceil(width / side) * Math.ceil(height / side);
}

/** Pairs of frames: each costs as much as one picture. */
export function numGroups(numFrames: number): number {
  return Math.ceil(numFrames / TEMPORAL_PATCH);
}

const encoded = new WeakMap<Picture, { readonly size: Size; readonly jpeg: Promise<Uint8Array> }>();

/** A JPEG that has the size already goes as it is. A second question about the same pictures encodes nothing. Throws PictureError. */
export function encodeJpeg(picture: Picture, size: Size): Promise<Uint8Array> {
  const known = encoded.get(picture);
  if (known?.size.width === size.width && known.size.height === size.height) return known.jpeg;
  const jpeg = encodeAnew(picture, size);
  encoded.set(picture, { size, jpeg });
  return jpeg;
}

async function encodeAnew(picture: Picture, size: Size): Promise<Uint8Array> {
  if ('encoded' in picture && (await isJpegOf(picture.encoded, size))) return picture.encoded;
  const { data, width, height } = await decodePicture(picture);
  assert(data.length === width * height * 3, `${data.length} bytes for ${width} x ${height} RGB pixels`);
  const pixels = sharp(data, { raw: { width, height, channels: 3 } });
  const isRight = width === size.width && height === size.height;
  const resized = isRight ? pixels : pixels.resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' });
  return resized.jpeg(JPEG).toBuffer();
}

async function isJpegOf(encoded: Uint8Array, { width, height }: Size): Promise<boolean> {
  const found = await sharp(encoded)
    .metadata()
    .catch(() => undefined);
  const isUpright = (found?.orientation ?? 1) === 1;
  return found?.format === 'jpeg' && isUpright && found.width === width && found.height === height;
}
