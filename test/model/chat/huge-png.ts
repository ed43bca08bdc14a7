// The beginning of a PNG that claims to be 70,000 pixels wide and high: its header is whole, of its pixels there are none.
import { crc32, deflateSync } from 'node:zlib';

export function hugePng(): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(70_000, 0);
  header.writeUInt32BE(70_000, 4);
  // One bit a pixel, grey.
  header[8] = 1;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(9)))]);
}

/** Length, type, data, CRC-32 of type and data: https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
