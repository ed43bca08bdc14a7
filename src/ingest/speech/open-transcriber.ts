// Which recogniser a run has: the server that is configured, else whisper-cli with its model, else none. Absence is said, not
// thrown: captions are the normal source of speech.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { LecternError } from '../../errors.ts';
import { reachServer, serverTranscriber } from './server-transcriber.ts';
import type { Transcriber, TranscriptionSettings } from './transcriber.ts';
import { whisperCliTranscriber, WhisperNotFoundError } from './whisper-cli.ts';

/** undefined where nothing is configured. Rejects with WhisperNotFoundError where what is configured is not there. */
export async function openTranscriber({ server, whisper }: TranscriptionSettings): Promise<Transcriber | undefined> {
  if (server) return serverTranscriber(server);
  if (!whisper) return undefined;
  if (!(await isThere(whisper.model, constants.R_OK))) {
    throw new WhisperNotFoundError(`The model file ${whisper.model} for whisper-cli can't be read`);
  }
  const program = await findProgram(whisper.program);
  if (program === undefined) {
    const isPath = whisper.program.includes('/') || whisper.program.includes(path.sep);
    throw new WhisperNotFoundError(
      `${whisper.program} ${isPath ? 'is no program that can be run' : 'was not found on PATH'}`,
    );
  }
  return whisperCliTranscriber({ ...whisper, program });
}

export interface TranscriptionFinding {
  readonly status: 'ok' | 'absent' | 'broken';
  readonly message: string;
  readonly remedy: string;
}

/** For `lectern doctor`: asks the server whether it is there. */
export async function describeTranscription(settings: TranscriptionSettings): Promise<TranscriptionFinding> {
  try {
    const transcriber = await openTranscriber(settings);
    if (transcriber === undefined) {
      const program = await findProgram('whisper-cli');
      if (program !== undefined) {
        return {
          status: 'absent',
          message: `${program} is there, and no model for it is named; speech comes from captions`,
          remedy: 'Set LECTERN_WHISPER_MODEL (whisperModel) to a model file in ggml form, then index again.',
        };
      }
      return {
        status: 'absent',
        message: 'no speech recognition; speech comes from captions beside or inside a video',
        remedy:
          'Set LECTERN_TRANSCRIPTION_URL to a server, or LECTERN_WHISPER_MODEL to a model file for whisper-cli ' +
          '(transcriptionUrl, whisperModel in the settings file), then index again.',
      };
    }
    if (settings.server) await reachServer(settings.server);
    const where = settings.server ? `server at ${settings.server.url}` : settings.whisper!.program;
    return { status: 'ok', message: `${transcriber.name} (${where})`, remedy: '' };
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    return { status: 'broken', message: error.message, remedy: error.remedy };
  }
}

async function findProgram(program: string): Promise<string | undefined> {
  if (program.includes('/') || program.includes(path.sep)) {
    return (await isThere(program, constants.X_OK)) ? program : undefined;
  }
  const endings = process.platform === 'win32' ? ['.exe', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const file = path.join(folder, program + ending);
      if (await isThere(file, constants.X_OK)) return file;
    }
  }
  return undefined;
}

function isThere(file: string, mode: number): Promise<boolean> {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
