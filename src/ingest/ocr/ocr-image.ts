// A picture -> what the engine reads best: grey, dark on bright, letters large enough, as a portable grey map (PGM).
import sharp from 'sharp';
import type { OcrImage } from './ocr-result.ts';

/** Pictures with a longer side below this are enlarged (pixels), by at most MAX_SCALE. */
const MIN_LONG_SIDE = 1920;
const MAX_SCALE = 2;
/** Larger ones are made smaller: letters gain nothing, and the engine's time grows with the area. */
const MAX_LONG_SIDE = 5000;
/** Below this mean brightness (0 to 255) the picture is bright on dark. */
const DARK = 110;

export interface PreparedImage {
  /** `P5`, width, height, maximum, then [height, width] uint8. */
  readonly pgm: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** By how much it was enlarged; below 1 it was made smaller. */
  readonly scale: number;
}

/** The samples behind the header: [height, width] uint8. */
export function samplesOf({ pgm, width, height }: PreparedImage): Uint8Array {
  return pgm.subarray(pgm.length - width * height);
}

export async function prepareImage(image: OcrImage): Promise<PreparedImage> {
  const source = 'png' in image ? sharp(image.png) : sharp(image.pixels, { raw: image });
  const { width, height } = 'png' in image ? await source.metadata() : image;
  const longSide = Math.max(width, height);
  const scale = Math.min(MAX_SCALE, Math.max(1, MIN_LONG_SIDE / longSide), MAX_LONG_SIDE / longSide);
  const grey = source.flatten({ background: 'white' }).greyscale().toColourspace('b-w');
  const sized =
    scale !== 1
      ? grey.resize(Math.round(width * scale), Math.round(height * scale), { fit: 'fill', kernel: 'cubic' })
      : grey;
  const { data, info } = await sized.raw().toBuffer({ resolveWithObject: true });
  if (meanOf(data) < DARK) for (let index = 0; index < data.length; index++) data[index] = 255 - data[index]!;
  return { pgm: encodePgm(data, info.width, info.height), width: info.width, height: info.height, scale };
}

function meanOf(samples: Uint8Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return sum / Math.max(1, samples.length);
}

export function encodePgm(samples: Uint8Array, width: number, height: number): Uint8Array {
  const header = Buffer.from(`P5\n${width} ${height}\n255\n`, 'latin1');
  const pgm = new Uint8Array(header.length + samples.length);
  pgm.set(header);
  pgm.set(samples, header.length);
  return pgm;
}
