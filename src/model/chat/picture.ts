// Pictures to the pixels that the reference processor would see: upright by their EXIF orientation, RGB of 8 bits, transparent
// parts on white, colour profiles left alone. The size is known from the header alone.
import sharp from 'sharp';
import { InputError, LecternError } from '../../errors.ts';
import type { RgbImage } from '../qwen3-vl/resize.ts';
import type { Size } from '../qwen3-vl/smart-resize.ts';
import type { Picture } from './chat-model.ts';

/** Of the encoded picture. A few kilobytes can claim to hold billions, which would take all memory to decode. */
const MAX_PIXELS = 268_000_000;

/** Bytes that are no picture, or only the beginning of one. */
export class PictureError extends InputError {
  constructor(
    problem: string,
    cause?: unknown,
    name = 'A picture',
    remedy = 'Give JPEG, PNG, WebP, TIFF or GIF pictures that other programs can open.',
  ) {
    const message = `${name} can't be shown to the model: ${problem.replace(/[\s:.]+$/, '')}`;
    super(message, { code: 'PICTURE_UNREADABLE', remedy, cause });
  }
}

export class PictureTooLargeError extends PictureError {
  constructor({ width, height }: Size, name?: string) {
    const problem = `it has ${width} x ${height} pixels, and at most ${MAX_PIXELS / 1e6} million are read`;
    super(problem, undefined, name, 'Make it smaller first.');
  }
}

/** What was read of a picture is no longer kept, and the picture is not there to be read again. */
export class PictureGoneError extends LecternError {
  constructor() {
    super('What the model has read of a picture is no longer there', {
      code: 'PICTURE_GONE',
      remedy: 'Ask again: the picture is then left out, or read again.',
    });
  }
}

/** As displayed, without decoding. Throws PictureError. */
export async function pictureSize(picture: Picture): Promise<Size> {
  if (!('encoded' in picture)) return picture;
  const { autoOrient } = await orPictureError(() => sharp(picture.encoded, UNLIMITED).metadata(), picture);
  const { width, height } = autoOrient;
  if (width * height > MAX_PIXELS) throw new PictureTooLargeError({ width, height }, picture.name);
  return { width, height };
}

/** sharp's own limit is off: what it says of a picture above it can be told from other errors by its words alone. */
const UNLIMITED = { limitInputPixels: false } as const;

async function orPictureError<T>(read: () => Promise<T>, { name }: { readonly name?: string }): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new PictureError((error as Error).message, error, name);
  }
}

/** Throws PictureError, PictureGoneError. */
export async function decodePicture(picture: Picture): Promise<RgbImage> {
  if ('pixelHash' in picture) throw new PictureGoneError();
  if (!('encoded' in picture)) return picture;
  await pictureSize(picture);
  const decode = () =>
    sharp(picture.encoded, { ...UNLIMITED, ignoreIcc: true, failOn: 'truncated' })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  const { data, info } = await orPictureError(decode, picture);
  return { width: info.width, height: info.height, data };
}
