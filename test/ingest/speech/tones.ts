// Speech for tests: tones of known pitch at known times, and an ear that hears them in a WAV file. What a recogniser under test
// is given can so be compared with what was said when.
import { readFileSync, writeFileSync } from 'node:fs';

export interface Tone {
  readonly startMs: number;
  readonly endMs: number;
  readonly pitch: number;
}

/** One tone of 0.8 s every `everyMs`, each another pitch than the ninety-nine before it. */
export function tonesEvery(everyMs: number, durationMs: number): Tone[] {
  const tones: Tone[] = [];
  for (let startMs = 200; startMs + 800 < durationMs; startMs += everyMs) {
    tones.push({ startMs, endMs: startMs + 800, pitch: 300 + 20 * (tones.length % 100) });
  }
  return tones;
}

/** 8 kHz mono, 8 bits: an hour takes 29 MB. `loudness` lies between 0 and 1. */
export function writeTones(path: string, tones: readonly Tone[], durationMs: number, loudness = 0.6): void {
  const samples = Buffer.alloc(durationMs * 8, 128);
  for (const { startMs, endMs, pitch } of tones) {
    for (let i = startMs * 8; i < endMs * 8; i++) {
      samples[i] = Math.round(128 + 127 * loudness * Math.sin((2 * Math.PI * pitch * i) / 8000));
    }
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(8000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  writeFileSync(path, Buffer.concat([header, samples]));
}

export interface HeardWav {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bits: number;
  readonly durationMs: number;
  /** Times from the start of the file; tones that are cut off at a border have another length. */
  readonly tones: readonly Tone[];
}

/** Throws where the bytes are no PCM WAV file whose sizes are right. */
export function hearWav(bytes: Buffer): HeardWav {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 16) !== 'WAVEfmt ')
    throw new Error('no WAV');
  if (bytes.readUInt32LE(4) !== bytes.length - 8) throw new Error('the RIFF size is not that of the file');
  const [channels, sampleRate, bits] = [bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)];
  if (bytes.readUInt16LE(20) !== 1 || bits !== 16) throw new Error('not 16-bit PCM');
  const samples = new Int16Array(Uint8Array.from(bytes.subarray(44)).buffer);
  const tones: Tone[] = [];
  const quietSamples = sampleRate / 10;
  const loudness = 0.3 * samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
  let start = -1;
  let lastLoud = -1;
  let crossings = 0;
  let isPositive = true;
  const finish = () => {
    const seconds = (lastLoud - start) / sampleRate;
    const pitch = Math.round(crossings / 2 / seconds / 20) * 20;
    if (seconds > 0.05) tones.push({ startMs: toMs(start, sampleRate), endMs: toMs(lastLoud, sampleRate), pitch });
    start = -1;
  };
  for (let i = 0; i < samples.length; i++) {
    const isLoud = Math.abs(samples[i]!) > Math.max(100, loudness);
    if (start < 0 && isLoud) {
      start = i;
      crossings = 0;
    }
    if (start < 0) continue;
    if (isLoud) {
      lastLoud = i;
      // Between loud samples only: noise in the quiet crosses zero too.
      if (samples[i]! > 0 !== isPositive) crossings++;
      isPositive = samples[i]! > 0;
    }
    if (i - lastLoud > quietSamples) finish();
  }
  if (start >= 0) finish();
  return { sampleRate, channels, bits, durationMs: toMs(samples.length, sampleRate), tones };
}

const toMs = (samples: number, rate: number) => Math.round((samples * 1000) / rate);

export function hearFile(path: string): HeardWav {
  return hearWav(readFileSync(path));
}

/** `tone 440 Hz` */
export function nameOf({ pitch }: Tone): string {
  return `tone ${pitch} Hz`;
}
