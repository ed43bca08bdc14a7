// Speech to cues by whisper-cli, the program of whisper.cpp, on this machine: WAV in, its JSON file out.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { LecternError } from '../../errors.ts';
import { parseWhisperJson } from '../captions/whisper-json.ts';
import { TranscriptionError, type Transcriber, type WhisperCli } from './transcriber.ts';

export class WhisperNotFoundError extends LecternError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'WHISPER_NOT_FOUND',
      remedy: 'Install whisper.cpp and a model, and set whisperPath and whisperModel to where they are.',
      cause,
    });
  }
}

export function whisperCliTranscriber({ program, model }: WhisperCli): Transcriber {
  return {
    name: path.basename(model).replace(/\.bin$/, ''),
    // It uses all cores by itself.
    concurrency: 1,
    async transcribe({ wavPath, lang, signal }) {
      const output = wavPath.replace(/\.wav$/, '');
      const language = lang?.split('-', 1)[0]!.toLowerCase() ?? 'auto';
      await run(program, ['-m', model, '-f', wavPath, '-l', language, '-oj', '-of', output, '-np'], signal);
      const written = await readFile(`${output}.json`, 'utf8').catch(() => undefined);
      const captions = written === undefined ? undefined : parseWhisperJson(parseJson(written));
      if (captions !== undefined) return captions;
      const problem = written === undefined ? 'it left no JSON file' : 'its JSON file has no times';
      throw new TranscriptionError(program, problem, 'Run it by hand on a WAV file with -oj, and update whisper.cpp.');
    },
  };
}

/** Not always valid UTF-8 at the ends of segments, which is why a lone backslash or half a character must not end it all. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const MAX_STDERR = 4000;

function run(program: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'], windowsHide: true });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-MAX_STDERR)));
    const kill = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(new WhisperNotFoundError(`${program} could not be started (${error.code ?? error.message})`, error)),
    );
    child.once('close', (code, endSignal) => {
      signal?.removeEventListener('abort', kill);
      if (signal?.aborted) reject(signal.reason as Error);
      else if (code === 0) resolve();
      else {
        const ending = code === null ? `it was ended by ${endSignal}` : `it ended with status ${code}`;
        const last = stderr.trim().split('\n').at(-1) ?? '';
        const remedy = 'Run it by hand on a WAV file; check that whisperModel is a ggml model file.';
        reject(new TranscriptionError(program, last === '' ? ending : `${ending}: ${last}`, remedy));
      }
    });
  });
}
