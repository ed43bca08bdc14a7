import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { dumpLibrary } from '../helpers/dump-library.ts';
import { lectern, sourceLines, startLectern, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';

const NUM_KILLS = 30;
const LONGEST_LIFE_MS = 4000;

/** Lehmer's generator (Park and Miller 1988): the moments are random but the same in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('an index run that is interrupted', () => {
  let folder: string;
  let undisturbed: Awaited<ReturnType<typeof dumpLibrary>>;

  beforeAll(async () => {
    folder = smallLibraryFolder(60);
    const library = temporaryFolder('undisturbed');
    const { status, stderr } = await lectern('index', folder, '--library', library, '--quiet');
    expect(status, stderr).toBe(0);
    undisturbed = await dumpLibrary(library);
    expect(undisturbed).toHaveLength(3);
  }, 300_000);

  it(`resumes after ${NUM_KILLS} kill -9 at random moments to exactly the rows of an undisturbed run`, async () => {
    const random = randomNumbers(20_260_001);
    let library = temporaryFolder('killed');
    let numKills = 0;
    while (numKills < NUM_KILLS) {
      const { child, finished } = startLectern(['index', folder, '--library', library, '--quiet']);
      await Promise.race([sleep(50 + random() * LONGEST_LIFE_MS), finished]);
      child.kill('SIGKILL');
      const { signal, status, stderr } = await finished;
      if (signal === 'SIGKILL') {
        numKills += 1;
        continue;
      }
      expect(status, stderr).toBe(0);
      expect(await dumpLibrary(library)).toEqual(undisturbed);
      library = temporaryFolder('killed');
    }
    const { status, stderr } = await lectern('index', folder, '--library', library, '--quiet');
    expect(status, stderr).toBe(0);
    expect(await dumpLibrary(library)).toEqual(undisturbed);
  }, 400_000);

  it('exits with 130 on Ctrl-C, says how to go on, and goes on', async () => {
    const library = temporaryFolder('ctrl-c');
    const { child, finished } = startLectern(['index', folder, '--library', library, '--json']);
    await once(child.stdout!, 'data');
    child.kill('SIGINT');
    const { status, stdout } = await finished;
    expect(status).toBe(130);
    expect(stdout.trim().split('\n').at(-1)).toContain('"code":"INTERRUPTED"');
    expect((await lectern('index', folder, '--library', library, '--quiet')).status).toBe(0);
    expect(await dumpLibrary(library)).toEqual(undisturbed);
  }, 300_000);

  it('gives the same rows when two processes index into one library at once', async () => {
    const library = temporaryFolder('two-processes');
    const both = await Promise.all([1, 2].map(() => lectern('index', folder, '--library', library, '--json')));
    for (const { status, stdout, stderr } of both) {
      expect(status, stderr).toBe(0);
      expect([...sourceLines(stdout).values()].map((line) => line.status)).not.toContain('failed');
    }
    expect(await dumpLibrary(library)).toEqual(undisturbed);
  }, 300_000);
});
