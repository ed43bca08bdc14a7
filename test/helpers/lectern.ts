// The real command line as a child process, on a library of its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const repository = path.resolve(import.meta.dirname, '../..');
const program = path.join(repository, 'bin', 'lectern.js');

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(path.join(os.tmpdir(), `lectern-${name}-`));
}

export function startLectern(args: readonly string[]): { child: ChildProcess; finished: Promise<Finished> } {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
  return { child, finished };
}

export function lectern(...args: readonly string[]): Promise<Finished> {
  return startLectern(args).finished;
}

/** The `source` lines of `lectern index --json`, by file name. */
export function sourceLines(stdout: string): Map<string, SourceLine> {
  const lines = stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as SourceLine)
    .filter(({ type }) => type === 'source');
  return new Map(lines.map((line) => [path.basename(line.path), line]));
}

export interface SourceLine {
  readonly type: string;
  readonly path: string;
  readonly status: string;
  readonly kind: string | null;
  readonly events: number;
  readonly pages: number | null;
  readonly duration: number | null;
  readonly error: { code: string; message: string; remedy: string } | null;
}
