// What a model was shown while a source was indexed is kept: the first question about it, by another process, runs itself alone.
// Weights are random, so answers mean nothing; how many tokens were reused does.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SnapshotReader } from '../../src/model/engine/snapshot-file.ts';
import { listSnapshots } from '../../src/model/engine/snapshot-folder.ts';
import { repository, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { addRandomModel } from '../helpers/random-model.ts';
import { hasShared } from '../model/qwen3-vl/conformance.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';

interface Usage {
  readonly prompt: number;
  readonly cached: number;
}

describe.skipIf(!hasShared)('the windows of an index run', () => {
  let models: string;
  let folder: string;
  beforeAll(async () => {
    // The manual takes two windows.
    models = await addRandomModel(6000);
    folder = smallLibraryFolder(30);
  });

  /** A library of its own, whose models keep what they read in `snapshots`. */
  function openAt(settings: Readonly<Record<string, string>> = {}) {
    const library = temporaryFolder('kept');
    const snapshots = path.join(library, 'snapshots');
    const environment = {
      LECTERN_MODELS: models,
      LECTERN_ENGINE: 'qwen3-vl',
      LECTERN_DEVICE: 'cpu',
      LECTERN_SNAPSHOTS: snapshots,
      ...settings,
    };
    const run = lecternOn(library, environment);
    const index = async (file: string, ...options: readonly string[]) => {
      const { code, stderr } = await run(['index', file, '--quiet', ...options]);
      expect(code, stderr).toBe(0);
    };
    const ask = async (question: string, file: string) => {
      const { code, stdout, stderr } = await run(['ask', question, '--source', file, '--json']);
      expect(code, stderr).toBe(0);
      return (JSON.parse(stdout) as { usage: Usage }).usage;
    };
    const kept = async () => {
      const files = await listSnapshots(snapshots);
      const lengths = files.map(async (file) => {
        await using reader = await SnapshotReader.open(file.path);
        return reader.header.numTokens;
      });
      return { tokens: await Promise.all(lengths), bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    };
    return { library, environment, index, ask, kept };
  }

  it('of a manual: a question about pages of one window prefills only itself', async () => {
    const { index, ask, kept } = openAt();
    const manual = path.join(folder, 'manual.pdf');
    await index(manual);
    const { tokens } = await kept();
    expect(tokens).toHaveLength(2);
    // Chapters of the first and of the last pages.
    for (const part of ['pump', 'switch']) {
      const { cached } = await ask(`What is checked in the care of the ${part}?`, manual);
      expect(tokens.some((length) => cached >= length && cached <= length + 20)).toBe(true);
    }
  }, 100_000);

  it('of a lecture: pictures and speech are not read again, though the file is gone', async () => {
    const { index, ask, kept } = openAt();
    const lecture = path.join(smallLibraryFolder(30), 'lecture.mp4');
    await index(lecture);
    const [length] = (await kept()).tokens;
    expect(length).toBeGreaterThan(500);
    writeFileSync(lecture, '');
    expect((await ask('What does gradient descent do?', lecture)).cached).toBeGreaterThanOrEqual(length!);
  }, 100_000);

  it('are not used once the captions are others, and are kept anew', async () => {
    const { index, ask, kept } = openAt();
    const ours = smallLibraryFolder(30);
    const lecture = path.join(ours, 'lecture.mp4');
    await index(lecture);
    const captions = path.join(ours, 'lecture.vtt');
    writeFileSync(captions, readFileSync(captions, 'utf8').replaceAll('gradient', 'grade'));
    // The reader's rows are of the new words, what the model was shown is not.
    await index(lecture, '--engine', 'reader');
    expect((await ask('What does the grade descent do?', lecture)).cached).toBe(0);
    await index(lecture, '--force');
    expect((await kept()).tokens.length).toBeGreaterThan(1);
    expect((await ask('What does the grade descent do?', lecture)).cached).toBeGreaterThan(500);
  }, 200_000);

  it('take no more than the budget, and none where they are not wanted', async () => {
    const manual = path.join(folder, 'manual.pdf');
    const all = openAt();
    await all.index(manual);
    const { bytes } = await all.kept();
    const budget = 0.7 * bytes;
    const some = openAt({ LECTERN_SNAPSHOT_GB: String(budget / 1e9) });
    await some.index(manual);
    expect((await some.kept()).tokens).toHaveLength(1);
    expect((await some.kept()).bytes).toBeLessThanOrEqual(budget);
    const none = openAt({ LECTERN_SNAPSHOT_WINDOWS: 'off' });
    await none.index(manual);
    expect((await none.kept()).tokens).toEqual([]);
  }, 200_000);

  it('that find no room on a disk, or no folder, are left out, and the source is indexed all the same', async (context) => {
    const { library, environment, ask } = openAt();
    const { LECTERN_SNAPSHOTS: snapshots } = environment;
    const manual = path.join(folder, 'manual.pdf');
    mkdirSync(snapshots, { recursive: true });
    // A mount namespace of its own, gone with the process.
    const bin = path.join(repository, 'bin', 'lectern.js');
    const index = `"${process.execPath}" "${bin}" index "${manual}" --library "${library}" --quiet`;
    const command = `mount -t tmpfs -o size=3m lectern "${snapshots}" || exit 77; ${index} && ls "${snapshots}"`;
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', command], {
      encoding: 'utf8',
      env: { ...process.env, ...environment },
    });
    if (status === 77 || status === null || stderr.includes('unshare')) {
      context.skip('this machine does not let a test mount a small disk of its own');
      return;
    }
    expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: expect.not.stringContaining('.kv') as string });
    expect((await ask('What is checked in the care of the pump?', manual)).cached).toBe(0);

    const blocked = openAt({ LECTERN_SNAPSHOTS: path.join(folder, 'file', 'snapshots') });
    appendFileSync(path.join(folder, 'file'), '');
    await blocked.index(manual);
    expect((await blocked.ask('What is checked in the care of the pump?', manual)).cached).toBe(0);
  }, 200_000);
});
