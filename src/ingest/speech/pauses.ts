// Where nobody speaks: the silences of a sound file, by ffmpeg's silencedetect.
import { secToMs, type Span } from '../../time.ts';
import { runFfmpeg } from '../ffmpeg.ts';
import { SOUND_FILE_OPTIONS } from './sound-file.ts';

/** Shorter ones fall between words. */
const MIN_PAUSE_SEC = 0.3;
/** Loudness below full scale that counts as silence: tried in this order. */
const THRESHOLDS_DB = [-35, -28, -50, -22, -65];
/** Sound with more silence than this is faint rather than silent; without a pause for so long, it is loud throughout. */
const MAX_SILENT_SHARE = 0.8;
const MAX_SPEECH_MS = 180_000;

/**
 * Pauses in order, counted from the start of the file. The threshold is the first at which pauses come as in speech: a noisy
 * hall has none at -35 dB, a faint recording nothing else. Where no threshold gives that, those of the first that gave any.
 */
export async function findPauses(soundFile: string, durationMs: number, signal?: AbortSignal): Promise<Span[]> {
  let fallback: Span[] = [];
  for (const thresholdDb of THRESHOLDS_DB) {
    const filter = `silencedetect=noise=${thresholdDb}dB:d=${MIN_PAUSE_SEC},ametadata=mode=print:file=-`;
    const outputOptions = ['-af', filter, '-f', 'null'];
    const job = { path: soundFile, inputOptions: SOUND_FILE_OPTIONS, outputOptions, target: '-' };
    const pauses = parsePauses((await runFfmpeg(job, signal)).toString('utf8'), durationMs);
    if (isSpeechLike(pauses, durationMs)) return pauses;
    if (fallback.length === 0) fallback = pauses;
  }
  return fallback;
}

/** ffmpeg's `lavfi.silence_start=10.7` and `lavfi.silence_end=11.5`; a silence without an end lasts to the end of the file. */
export function parsePauses(output: string, durationMs: number): Span[] {
  const pauses: Span[] = [];
  let startMs: number | undefined;
  for (const [, border, seconds] of output.matchAll(/silence_(start|end)=(-?[\d.]+)/g)) {
    const atMs = Math.min(durationMs, Math.max(0, secToMs(Number(seconds))));
    if (border === 'start') startMs = atMs;
    else if (startMs !== undefined) {
      if (atMs > startMs) pauses.push({ startMs, endMs: atMs });
      startMs = undefined;
    }
  }
  if (startMs !== undefined && durationMs > startMs) pauses.push({ startMs, endMs: durationMs });
  return pauses;
}

function isSpeechLike(pauses: readonly Span[], durationMs: number): boolean {
  const silentMs = pauses.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  if (silentMs > MAX_SILENT_SHARE * durationMs) return false;
  const borders = [0, ...pauses.map(({ startMs }) => startMs), durationMs];
  return borders.every((at, i) => i === 0 || at - borders[i - 1]! <= MAX_SPEECH_MS);
}
