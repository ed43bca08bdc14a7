// An audio track as bare samples in one file, 16 kHz mono, and spans of it as WAV files: what recognisers read. Sample 0 is the
// start of the source, and gaps in the track's times are filled with silence, so a position in the file is a time of the source,
// an hour in as well; seeking in the source itself would be off by seconds in some MP3 files.
import { open, stat, writeFile } from 'node:fs/promises';
import type { Span } from '../../time.ts';
import { runFfmpeg } from '../ffmpeg.ts';

const SAMPLE_RATE = 16_000;
const BYTES_PER_SAMPLE = 2;
const SAMPLES_PER_MS = SAMPLE_RATE / 1000;

/** How ffmpeg is told what such a file holds. */
export const SOUND_FILE_OPTIONS: readonly string[] = ['-f', 's16le', '-ar', String(SAMPLE_RATE), '-ac', '1'];

/** Decodes a track; returns its length. */
export async function decodeSound(
  path: string,
  streamIndex: number,
  target: string,
  signal?: AbortSignal,
): Promise<{ durationMs: number }> {
  // Without -copyts ffmpeg counts from the start of the container, so a track that begins later is padded from there.
  const filter = `aresample=${SAMPLE_RATE}:async=1:first_pts=0`;
  const outputOptions = ['-map', `0:${streamIndex}`, '-af', filter, ...SOUND_FILE_OPTIONS];
  await runFfmpeg({ path, inputOptions: ['-vn', '-sn'], outputOptions, target: `file:${target}` }, signal);
  const { size } = await stat(target);
  return { durationMs: Math.floor(size / BYTES_PER_SAMPLE / SAMPLES_PER_MS) };
}

/** A span of the samples, counted from their start, as a WAV file. */
export async function writeWav(soundFile: string, { startMs, endMs }: Span, target: string): Promise<void> {
  const bytesPerMs = SAMPLES_PER_MS * BYTES_PER_SAMPLE;
  await using file = await open(soundFile);
  const samples = Buffer.alloc((endMs - startMs) * bytesPerMs);
  const { bytesRead } = await file.read(samples, 0, samples.length, startMs * bytesPerMs);
  await writeFile(target, Buffer.concat([wavHeader(bytesRead), samples.subarray(0, bytesRead)]));
}

/** RIFF header of 16-bit mono PCM, 44 bytes. */
function wavHeader(numBytes: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + numBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16); // bytes of the format that follows
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // channels
  header.writeUInt32LE(SAMPLE_RATE, 24);
  header.writeUInt32LE(SAMPLE_RATE * BYTES_PER_SAMPLE, 28);
  header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(numBytes, 40);
  return header;
}
