// Which recogniser a run has: the server that is configured, else whisper-cli with its model, else none. Absence is said, not
// thrown: captions are the normal source of speech.
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { serverTranscriber } from './server-transcriber.ts';
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

/** A path, or a name on PATH, to the program's path; undefined where it isn't there, or can't be run. */
export async function findProgram(program: string): Promise<string | undefined> {
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
