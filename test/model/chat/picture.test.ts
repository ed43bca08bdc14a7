import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePicture, pictureSize, PictureError, PictureTooLargeError } from '../../../src/model/chat/picture.ts';
import { hugePng } from './huge-png.ts';

/** 4 x 2 pixels: red on the left, blue on the right. */
const pixels = Buffer.from([255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255, 255, 0, 0, 255, 0, 0, 0, 0, 255, 0, 0, 255]);
const raw = { raw: { width: 4, height: 2, channels: 3 as const } };
const decode = async (encoded: Uint8Array) => {
  const { width, height, data } = await decodePicture({ encoded });
  return { width, height, data: [...data] };
};

describe('decodePicture', () => {
  it('gives the pixels of a PNG as they are', async () => {
    expect(await decode(await sharp(pixels, raw).png().toBuffer())).toEqual({ width: 4, height: 2, data: [...pixels] });
  });

  it('turns a picture upright by its EXIF orientation, and tells the upright size from the header', async () => {
    // Orientation 6: the camera was turned, the first row is the right edge.
    const encoded = await sharp(pixels, raw).withMetadata({ orientation: 6 }).png().toBuffer();
    const { width, height, data } = await decode(encoded);
    expect({ width, height }).toEqual({ width: 2, height: 4 });
    expect(data.slice(0, 6)).toEqual([255, 0, 0, 255, 0, 0]);
    expect(data.slice(-3)).toEqual([0, 0, 255]);
    expect(await pictureSize({ encoded })).toEqual({ width: 2, height: 4 });
  });

  it('spreads grey over three channels', async () => {
    const grey = sharp(Buffer.from([0, 128, 255, 7]), { raw: { width: 2, height: 2, channels: 1 } }).toColourspace(
      'b-w',
    );
    expect((await decode(await grey.png().toBuffer())).data).toEqual([0, 128, 255, 7].flatMap((v) => [v, v, v]));
  });

  it('puts transparent parts on white', async () => {
    const rgba = Buffer.from([0, 0, 0, 0, 10, 20, 30, 255]);
    const encoded = await sharp(rgba, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect((await decode(encoded)).data).toEqual([255, 255, 255, 10, 20, 30]);
  });

  it('takes the upper eight bits of sixteen', async () => {
    const deep = new Uint16Array([0, 0x80ff, 0xffff, 0x1234, 0x0180, 0xff00]);
    const input = sharp(deep, { raw: { width: 2, height: 1, channels: 3 } }).toColourspace('rgb16');
    const encoded = await input.png().toBuffer();
    expect((await sharp(encoded).metadata()).depth).toBe('ushort');
    expect((await decode(encoded)).data).toEqual([0, 0x80, 0xff, 0x12, 0x01, 0xff]);
  });

  it('hands pixels through', async () => {
    const image = { width: 4, height: 2, data: pixels };
    expect(await decodePicture(image)).toBe(image);
    expect(await pictureSize(image)).toBe(image);
  });

  it('refuses a picture of more than 268 million pixels by its header, before any is decoded', async () => {
    const encoded = hugePng();
    await expect(pictureSize({ encoded })).rejects.toThrow(PictureTooLargeError);
    await expect(decodePicture({ encoded, name: 'a.png' })).rejects.toThrow(PictureTooLargeError);
  });

  it('refuses bytes that are no picture, and one cut short', async () => {
    await expect(decodePicture({ encoded: Buffer.from('text') })).rejects.toThrow(PictureError);
    await expect(pictureSize({ encoded: new Uint8Array() })).rejects.toThrow(PictureError);
    await expect(pictureSize({ encoded: Buffer.from('text'), name: 'a.png' })).rejects.toThrow(
      /^a\.png can't be shown/,
    );
    const noise = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 7919) % 251);
    const whole = await sharp(noise, { raw: { width: 64, height: 64, channels: 3 } })
      .jpeg()
      .toBuffer();
    await expect(decodePicture({ encoded: whole.subarray(0, whole.length >> 1) })).rejects.toThrow(PictureError);
  });
});
