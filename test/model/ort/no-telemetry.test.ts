// The library keeps what it computes to itself: it reads neither the machine's id nor the command line, and leaves no database of
// usage behind. Left to itself it also ends a process whose command line is long, such as that of an index run over many files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const library = path.resolve(import.meta.dirname, '../../../src/model/ort/native.ts');
const inMain = `const { native } = await import(${JSON.stringify(library)}); console.log(native().version);`;
const inWorker = `const { Worker } = await import('node:worker_threads'); new Worker(${JSON.stringify(inMain)}, { eval: true });`;

describe.each([
  ['the main thread', inMain],
  ['a worker', inWorker],
])('the library, loaded in %s', (_, program) => {
  it('starts behind a command line of 100,000 characters and writes nothing into the home folder', () => {
    const home = mkdtempSync(path.join(tmpdir(), 'lectern-home-'));
    const { ORT_DISABLE_TELEMETRY: __, XDG_CACHE_HOME: ___, ...environment } = process.env;
    const files = Array.from({ length: 4000 }, (____, i) => `/lectures/week-${i}/talk.mp4`);
    const args = ['--input-type=module', '--eval', program, '--', ...files];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...environment, HOME: home },
    });
    expect([status, signal], stderr).toEqual([0, null]);
    expect(stdout).toMatch(/^\d+\.\d+/);
    expect(readdirSync(home)).toEqual([]);
  });
});
