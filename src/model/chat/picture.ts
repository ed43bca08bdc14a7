// Pictures to the pixels that the reference processor would see: upright by their EXIF orientation, RGB of 8 bits, transparent
// parts on white, colour profiles left alone. The size is known from the header alone.
import sharp from 'sharp';
import { InputError, LecternError } from '../../errors.ts';
import type { RgbImage } from '../qwen3-vl/resize.ts';
import type { Size } from '../qwen3-vl/smart-resize.ts';
import type { Picture } from './chat-model.ts';

/** Bytes that are no picture, or only the beginning of one. */
export class PictureError extends InputError {
  constructor(problem: string, cause?: unknown, name = 'A picture') {
    super(`${name} can't be shown to the model: ${problem.replace(/[\s:.]+$/, '')}`, {
      code: 'PICTURE_UNREADABLE',
      remedy: problem.includes('exceeds pixel limit')
        ? 'Make it smaller first: up to 268 million pixels are read.'
        : 'Give JPEG, PNG, WebP, TIFF or GIF pictures that other programs can open.',
      cause,
    });
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
  try {
    const { autoOrient } = await sharp(picture.encoded).metadata();
    return { width: autoOrient.width, height: autoOrient.height };
  } catch (error) {
    throw new PictureError((error as Error).message, error, picture.name);
  }
}

/** Throws PictureError, PictureGoneError. */
export async function decodePicture(picture: Picture): Promise<RgbImage> {
  if ('pixelHash' in picture) throw new PictureGoneError();
  if (!('encoded' in picture)) return picture;
  try {
    const { data, info } = await sharp(picture.encoded, { ignoreIcc: true, failOn: 'truncated' })
      .autoOrient()
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data };
  } catch (error) {
    throw new PictureError((error as Error).message, error, picture.name);
  }
}
