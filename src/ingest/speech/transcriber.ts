// What writes down speech: one recogniser, whatever it is. A WAV file in, raw cues in the file's own time out.
import path from 'node:path';
import { LecternError } from '../../errors.ts';
import type { ConnectionOptions } from '../../http/connection.ts';
import type { ParsedCaptions } from '../captions/raw-cue.ts';

/** Raised whenever the same sound and recogniser would give other cues. */
export const SPEECH_VERSION = 1;

export interface TranscribeRequest {
  /** 16 kHz mono, 16 bits. */
  readonly wavPath: string;
  /** BCP 47; the recogniser finds out where absent. */
  readonly lang: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Transcriber {
  /** Recogniser and model: part of what a transcript depends on. */
  readonly name: string;
  /** Pieces that it works on side by side with gain. */
  readonly concurrency: number;
  /** Longest piece it should be given, where that is less than the usual ten minutes. */
  readonly maxPieceMs?: number;
  transcribe(request: TranscribeRequest): Promise<ParsedCaptions>;
}

export interface TranscriptionServer extends ConnectionOptions {
  /** Base URL, `/v1` included. */
  readonly url: string;
  readonly model: string;
}

export interface WhisperCli {
  /** A path, or a name on PATH. */
  readonly program: string;
  /** Path of a ggml file. */
  readonly model: string;
}

export interface TranscriptionSettings {
  readonly server?: TranscriptionServer | undefined;
  readonly whisper?: WhisperCli | undefined;
}

/** What a transcript depends on beside the sound; undefined where nothing is configured. Looks at nothing. */
export function transcriberName({ server, whisper }: TranscriptionSettings): string | undefined {
  return server ? `server ${server.model}` : whisper && `whisper-cli ${path.basename(whisper.model)}`;
}

/** The recogniser ran and gave nothing that can be used. */
export class TranscriptionError extends LecternError {
  constructor(recogniser: string, problem: string, remedy: string, cause?: unknown) {
    super(`${recogniser} wrote nothing down: ${problem}`, { code: 'TRANSCRIPTION_FAILED', remedy, cause });
  }
}
