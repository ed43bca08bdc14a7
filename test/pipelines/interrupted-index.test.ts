import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { dumpLibrary } from '../helpers/dump-library.ts';
import { lectern, sourceLines, startLectern, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';

/** Reading text off slides is two thirds of a run, so most of the kills are spread over all the rest. */
const WAYS: readonly (readonly [numKills: number, options: readonly string[]])[] = [
  [6, []],
  [24, ['--ocr', 'off']],
];

/** Lehmer's generator (Park and Miller 1988): the moments are random but the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('an index run that is interrupted', () => {
  const folder = smallLibraryFolder(22);
  const indexInto = (library: string, ...options: readonly string[]) => [
    ...['index', folder, '--library', library],
    ...options,
  ];

  const known = new Map<string, ReturnType<typeof runUndisturbed>>();

  /** The rows of a run that nothing disturbs, and how long it takes. */
  function undisturbed(options: readonly string[]) {
    const key = options.join(' ');
    const run = known.get(key) ?? runUndisturbed(options);
    known.set(key, run);
    return run;
  }

  async function runUndisturbed(options: readonly string[]) {
    const library = temporaryFolder('undisturbed');
    const startedAt = performance.now();
    const { status, stderr } = await lectern(...indexInto(library, '--quiet', ...options));
    const ms = performance.now() - startedAt;
    expect(status, stderr).toBe(0);
    const rows = await dumpLibrary(library);
    expect(rows).toHaveLength(3);
    return { rows, ms };
  }

  it.each(WAYS)(
    'resumes after %d kill -9 at random moments to exactly the rows of an undisturbed run %j',
    async (numKills, options) => {
      const { rows, ms } = await undisturbed(options);
      const random = randomNumbers(20_260_001);
      let library = temporaryFolder('killed');
      for (let killed = 0; killed < numKills;) {
        const { child, finished } = startLectern(indexInto(library, '--quiet', ...options));
        await Promise.race([sleep(50 + random() * 0.8 * ms), finished]);
        child.kill('SIGKILL');
        const { signal, status, stderr } = await finished;
        if (signal === 'SIGKILL') {
          killed += 1;
          continue;
        }
        expect(status, stderr).toBe(0);
        expect(await dumpLibrary(library)).toEqual(rows);
        library = temporaryFolder('killed');
      }
      const { status, stderr } = await lectern(...indexInto(library, '--quiet', ...options));
      expect(status, stderr).toBe(0);
      expect(await dumpLibrary(library)).toEqual(rows);
    },
    400_000,
  );

  it('exits with 130 on Ctrl-C, says how to go on, and goes on', async () => {
    const library = temporaryFolder('ctrl-c');
    const { child, finished } = startLectern(indexInto(library, '--json', '--ocr', 'off'));
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { status, stdout } = await finished;
    expect(status).toBe(130);
    expect(stdout.trim().split('\n').at(-1)).toContain('"code":"INTERRUPTED"');
    expect((await lectern(...indexInto(library, '--quiet', '--ocr', 'off'))).status).toBe(0);
    expect(await dumpLibrary(library)).toEqual((await undisturbed(['--ocr', 'off'])).rows);
  }, 300_000);

  it('gives the same rows when two processes index into one library at once', async () => {
    const library = temporaryFolder('two-processes');
    const both = await Promise.all([1, 2].map(() => lectern(...indexInto(library, '--json', '--ocr', 'off'))));
    for (const { status, stdout, stderr } of both) {
      expect(status, stderr).toBe(0);
      expect([...sourceLines(stdout).values()].map((line) => line.status)).not.toContain('failed');
    }
    expect(await dumpLibrary(library)).toEqual((await undisturbed(['--ocr', 'off'])).rows);
  }, 300_000);
});
