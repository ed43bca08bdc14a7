// Runs the real command line as a child process, the way a script of someone else would.
import { spawn } from 'node:child_process';
import path from 'node:path';
import type { z } from 'zod';

const bin = path.resolve(import.meta.dirname, '../../../bin/lectern.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `lectern` on one library, with `environment` besides. `interruptWhen` gets SIGINT sent as soon as stdout or stderr so far matches. */
export function lecternOn(library: string, environment: Readonly<Record<string, string>> = {}) {
  return async (args: readonly string[], interruptWhen?: RegExp): Promise<Outcome> => {
    const env = { ...process.env, LECTERN_LIBRARY: library, NO_COLOR: '1', ...environment };
    const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    let wasInterrupted = false;
    const onOutput = (): void => {
      if (interruptWhen === undefined || wasInterrupted || !interruptWhen.test(stdout + stderr)) return;
      wasInterrupted = child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => ((stdout += text), onOutput()));
    child.stderr.setEncoding('utf8').on('data', (text: string) => ((stderr += text), onOutput()));
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return { code, stdout, stderr };
  };
}

/** The one JSON value on stdout; anything beside it is an error, as is any field that the schema misses. */
export function parseJson<T>(schema: z.ZodType<T>, { stdout }: Outcome): T {
  return schema.parse(JSON.parse(stdout));
}

/** JSON Lines on stdout: one value a line and nothing else. */
export function parseLines<T>(schema: z.ZodType<T>, { stdout }: Outcome): T[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
}
