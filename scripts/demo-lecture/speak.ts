// Speech from text: one espeak-ng run per caption cue, so that a cue's time is known exactly and not guessed from its length.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const SAMPLE_RATE = 22_050;

const VOICE = ['-v', 'en-us+f3', '-s', '160', '-p', '42'];

/** Samples quieter than this (of 32,767) at either end of an utterance are espeak-ng's own padding. */
const SILENCE = 200;

/** Mono 16-bit samples at SAMPLE_RATE, without leading or trailing silence. */
export async function speak(text: string): Promise<Int16Array> {
  const { stdout } = await promisify(execFile)('espeak-ng', [...VOICE, '--stdout', text], {
    encoding: 'buffer',
    maxBuffer: 2 ** 26,
  });
  // espeak-ng streams its WAV, so the header's length field is a placeholder: everything after the 44 bytes is sound.
  const samples = new Int16Array(Uint8Array.from(stdout.subarray(44)).buffer);
  const isLoud = (sample: number): boolean => Math.abs(sample) > SILENCE;
  return samples.subarray(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + 1);
}

/** Root mean square of a stretch of samples, 0 to 1. */
export function loudness(samples: Int16Array): number {
  const sum = samples.reduce((total, sample) => total + (sample / 32_768) ** 2, 0);
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}
