// The speech of a video or sound file to a caption track: pauses found, pieces cut at them, each piece written down by itself and
// set back to the source's own time. Each finished piece is kept, so an interrupted run goes on with the next.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import PQueue from 'p-queue';
import { z } from 'zod';
import { detectLanguage } from '../../text/language.ts';
import { secToMs } from '../../time.ts';
import { cleanCues } from '../captions/clean-cues.ts';
import type { CaptionTrack } from '../captions/cue.ts';
import { canonicalLanguage } from '../captions/language-code.ts';
import type { ParsedCaptions, RawCue } from '../captions/raw-cue.ts';
import { shiftTimes } from '../captions/word-times.ts';
import type { AudioStream, MediaProbe } from '../video/probe.ts';
import { findPauses } from './pauses.ts';
import { PIECE_LIMITS, planPieces, type PieceLimits, type SpeechPiece } from './pieces.ts';
import { decodeSound, writeWav } from './sound-file.ts';
import type { Transcriber } from './transcriber.ts';

export interface TranscribeOptions {
  readonly lang?: string | undefined;
  readonly signal?: AbortSignal;
  /** Where finished pieces are kept, by name. */
  readonly cache?: {
    get(piece: string): Promise<Uint8Array | undefined>;
    put(piece: string, bytes: Uint8Array): Promise<void>;
  };
  readonly onProgress?: (doneSec: number, totalSec: number) => void;
  readonly limits?: PieceLimits;
}

/** undefined where the file has no sound. Rejects with what the recogniser rejects with, FfmpegError, or the signal's reason. */
export async function transcribeSpeech(
  file: string,
  probe: MediaProbe,
  transcriber: Transcriber,
  { lang, signal, cache, onProgress, limits = limitsOf(transcriber) }: TranscribeOptions = {},
): Promise<CaptionTrack | undefined> {
  const stream = chooseAudio(probe.audio, lang);
  if (stream === undefined) return undefined;
  const folder = await mkdtemp(path.join(os.tmpdir(), 'lectern-speech-'));
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const queue = new PQueue({ concurrency: transcriber.concurrency });
  try {
    const soundFile = path.join(folder, 'sound.pcm');
    const { durationMs } = await decodeSound(file, stream.index, soundFile, both);
    const pieces = planPieces(durationMs, await findPauses(soundFile, durationMs, both), limits);
    let doneMs = 0;
    const transcribePiece = async (piece: SpeechPiece): Promise<ParsedCaptions> => {
      const name = `${piece.startMs}-${piece.endMs}`;
      let captions = readStored(await cache?.get(name));
      if (captions === undefined) {
        const wavPath = path.join(folder, `${name}.wav`);
        await writeWav(soundFile, piece, wavPath);
        captions = await transcriber.transcribe({ wavPath, lang, signal: both });
        await rm(wavPath);
        await cache?.put(name, new TextEncoder().encode(JSON.stringify(captions)));
      }
      doneMs += piece.own.endMs - piece.own.startMs;
      onProgress?.(Math.round(doneMs / 1000), Math.round(durationMs / 1000));
      return captions;
    };
    const results = await Promise.all(pieces.map((piece) => queue.add(() => transcribePiece(piece))));
    return toTrack(pieces, results, secToMs(probe.startSec), transcriber.name, lang);
  } finally {
    // After a failure the other pieces are still under way, and use the folder.
    queue.clear();
    stop.abort();
    await queue.onIdle();
    await rm(folder, { recursive: true, force: true });
  }
}

function limitsOf({ maxPieceMs = PIECE_LIMITS.maxMs }: Transcriber): PieceLimits {
  return { ...PIECE_LIMITS, maxMs: Math.min(maxPieceMs, PIECE_LIMITS.maxMs) };
}

/** In the language asked for, else the one that players choose. */
function chooseAudio(streams: readonly AudioStream[], lang: string | undefined): AudioStream | undefined {
  const wanted = canonicalLanguage(lang)?.split('-', 1)[0];
  const isWanted = (stream: AudioStream) =>
    wanted !== undefined && canonicalLanguage(stream.lang)?.split('-', 1)[0] === wanted;
  return streams.find(isWanted) ?? streams.find(({ isDefault }) => isDefault) ?? streams[0];
}

const storedSchema = z.object({
  cues: z.array(z.object({ startMs: z.number(), endMs: z.number(), payload: z.string() })),
  lang: z.string().optional(),
});

function readStored(bytes: Uint8Array | undefined): ParsedCaptions | undefined {
  if (bytes === undefined) return undefined;
  const { cues, lang } = storedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  return { cues, kind: 'captions', numSkipped: 0, ...(lang !== undefined && { lang }) };
}

function toTrack(
  pieces: readonly SpeechPiece[],
  results: readonly ParsedCaptions[],
  offsetMs: number,
  model: string,
  lang: string | undefined,
): CaptionTrack {
  const cues = cleanCues(pieces.flatMap((piece, i) => cuesOf(piece, results[i]!.cues, offsetMs))).cues;
  const declared = mostCommon(results.flatMap((result) => canonicalLanguage(result.lang) ?? []));
  const detected = detectLanguage(cues.map(({ text }) => text).join(' '))?.lang;
  return { origin: { kind: 'transcription', model }, lang: lang ?? declared ?? detected, cues };
}

/** In the source's time; a cue that a recogniser dreams up behind the end of its piece is dropped. */
function cuesOf({ startMs, endMs, own }: SpeechPiece, cues: readonly RawCue[], offsetMs: number): RawCue[] {
  return cues.flatMap((cue) => {
    const from = startMs + cue.startMs;
    const to = Math.min(endMs, startMs + cue.endMs);
    const middle = (from + to) / 2;
    if (from >= endMs || middle < own.startMs || middle >= own.endMs) return [];
    return [
      { ...cue, startMs: from + offsetMs, endMs: to + offsetMs, payload: shiftTimes(cue.payload, startMs + offsetMs) },
    ];
  });
}

function mostCommon(values: readonly string[]): string | undefined {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
