// What a model was shown while a source was indexed is kept: the first question about it, by a model opened anew, runs itself alone.
// Weights are random and answers are cut short: they mean nothing, but how many tokens were reused does.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { indexSources } from '../../pipelines/index-sources.ts';
import { ModelEngine } from '../../pipelines/model-engine.ts';
import { planIndex } from '../../pipelines/plan-index.ts';
import { openModels } from '../../pipelines/open-model.ts';
import { recordModelRate } from '../../pipelines/rates.ts';
import { resolveConfig, type ConfigOverrides } from '../../src/config.ts';
import type { ChatModel } from '../../src/model/chat/chat-model.ts';
import { SnapshotReader } from '../../src/model/engine/snapshot-file.ts';
import { listSnapshots } from '../../src/model/engine/snapshot-folder.ts';
import { openLibrary } from '../../src/store/sqlite-library.ts';
import { repository, temporaryFolder } from '../helpers/lectern.ts';
import { smallLibraryFolder } from '../helpers/material.ts';
import { addRandomModel } from '../helpers/random-model.ts';
import { hasShared } from '../model/qwen3-vl/conformance.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';

const ANSWER_TOKENS = 8;

/** The same model, whose answers are cut short. */
function brief(chat: ChatModel): ChatModel {
  return new Proxy(chat, {
    get(target, key) {
      if (key === 'stream') {
        return (request: Parameters<ChatModel['stream']>[0]) =>
          target.stream({ ...request, maxTokens: ANSWER_TOKENS, ignoreEos: true });
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

describe.skipIf(!hasShared)('the windows of an index run', () => {
  let models: string;
  let folder: string;
  let manual: string;
  beforeAll(async () => {
    // The manual takes two windows.
    models = await addRandomModel(5000);
    folder = smallLibraryFolder(25);
    manual = path.join(folder, 'manual.pdf');
  });

  /** A library of its own, whose models keep what they read beside it; each index run and each question opens its own. */
  function openAt(settings: ConfigOverrides = {}) {
    const library = temporaryFolder('kept');
    const snapshots = path.join(library, 'snapshots');
    const common = {
      library,
      models,
      engine: 'qwen3-vl',
      device: 'cpu',
      ocr: 'off',
      snapshots,
      snapshotWindows: 'always',
      ...settings,
    } as const;

    async function withEngine<T>(overrides: ConfigOverrides, use: (engine: ModelEngine) => Promise<T>): Promise<T> {
      const opened = await openModels(resolveConfig({ ...common, ...overrides }, { env: {} }));
      const batch = { ...opened.batch, chat: brief(opened.batch.chat) };
      await using engine = new ModelEngine({ ...opened, interactive: batch, batch, longDocument: batch });
      return await use(engine);
    }
    const index = async (file: string, overrides: ConfigOverrides = {}) => {
      const config = resolveConfig({ ...common, ...overrides }, { env: {} });
      const run = { paths: [file], signal: new AbortController().signal, report: () => {}, force: true };
      await using opened = await openLibrary(library);
      const byReader = overrides.engine === 'reader';
      const { indexed } = byReader
        ? await indexSources(opened, config, run)
        : await withEngine(overrides, (engine) => indexSources(opened, config, { ...run, engine }));
      expect(indexed).toBe(1);
      // A model this small would be as fast without: as slow as a large one.
      await recordModelRate(opened, 'random', 1000, 1000);
    };
    const ask = async (question: string) => {
      await using opened = await openLibrary(library);
      const [source] = await opened.listSources();
      const { usage } = await withEngine({}, (engine) =>
        engine.answer(opened, { question, sourceIds: [source!.id], onText: () => {} }),
      );
      return usage as { prompt: number; cached: number };
    };
    const kept = async () => {
      const files = await listSnapshots(snapshots);
      const lengths = files.map(async (file) => {
        await using reader = await SnapshotReader.open(file.path);
        return reader.header.numTokens;
      });
      return { tokens: await Promise.all(lengths), bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
    };
    return { library, snapshots, common, index, ask, kept };
  }

  /** A library whose manual's windows are all kept, and what they take. */
  let whole: ReturnType<typeof openAt> & Awaited<ReturnType<ReturnType<typeof openAt>['kept']>>;
  beforeAll(async () => {
    const opened = openAt();
    await opened.index(manual);
    whole = { ...opened, ...(await opened.kept()) };
  });

  it('of a manual: a question about pages of one window prefills only itself', async () => {
    const { tokens, ask } = whole;
    expect(tokens).toHaveLength(2);
    for (const part of ['pump', 'switch']) {
      const { prompt, cached } = await ask(`"Care of the ${part}"`);
      expect(tokens).toContain(cached);
      expect(prompt).toBeGreaterThan(cached);
    }
  }, 60_000);

  it('of a lecture: pictures and speech are not read again, though the file is gone', async () => {
    const { index, ask, kept } = openAt();
    const lecture = shortLecture();
    await index(lecture);
    const [length] = (await kept()).tokens;
    expect(length).toBeGreaterThan(500);
    writeFileSync(lecture, '');
    expect((await ask('What does gradient descent do?')).cached).toBe(length);
  }, 60_000);

  it('are not used once the captions are others, and are kept anew', async () => {
    const { index, ask, kept } = openAt();
    const lecture = shortLecture();
    await index(lecture);
    const captions = lecture.replace('.mp4', '.vtt');
    writeFileSync(captions, readFileSync(captions, 'utf8').replaceAll('gradient', 'grade'));
    // The reader's rows are of the new words, what the model was shown is not.
    await index(lecture, { engine: 'reader' });
    expect((await ask('What does the grade descent do?')).cached).toBe(0);
    await index(lecture);
    expect((await kept()).tokens.length).toBeGreaterThan(1);
    expect((await ask('What does the grade descent do?')).cached).toBeGreaterThan(500);
  }, 60_000);

  it('take no more than the budget, and none where they are not wanted', async () => {
    const budget = 0.7 * whole.bytes;
    const some = openAt({ snapshotGB: budget / 1e9 });
    await some.index(manual);
    expect((await some.kept()).tokens).toHaveLength(1);
    expect((await some.kept()).bytes).toBeLessThanOrEqual(budget);
    const none = openAt({ snapshotWindows: 'off' });
    await none.index(manual);
    expect((await none.kept()).tokens).toEqual([]);
  }, 60_000);

  it('are told of by --plan, where reading takes ten times as long as writing', async () => {
    const { library, common } = openAt({ snapshotFormat: 'int8', snapshotWindows: 'auto' });
    await using opened = await openLibrary(library);
    const planned = async () =>
      (await planIndex(opened, resolveConfig(common, { env: {} }), [manual])).inputs[0]!.model;
    await recordModelRate(opened, 'random', 1000, 1000);
    const { kept, promptTokens } = (await planned())!;
    expect(kept).toMatchObject({ limitBytes: 8e9 });
    expect(kept!.bytes / promptTokens).toBeGreaterThan(1000);
    await recordModelRate(opened, 'random', 1e12, 1);
    expect((await planned())!.kept).toBeNull();
  }, 60_000);

  it('that may not be written anywhere are left out, which is told once, and the source is indexed all the same', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    const snapshots = path.join(folder, 'file', 'snapshots');
    const { library, ask } = openAt({ snapshots });
    const run = lecternOn(library, { ...environmentOf(models), LECTERN_SNAPSHOTS: snapshots });
    const { code, stderr } = await run(['index', manual]);
    expect(code, stderr).toBe(0);
    expect(stderr.match(/can't be kept for questions: ENOTDIR/g)).toHaveLength(1);
    expect((await ask('"Care of the pump"')).cached).toBe(0);
  }, 100_000);

  it('find no room on a disk that is full, and the source is indexed all the same', async (context) => {
    const { library, snapshots, ask } = openAt();
    mkdirSync(snapshots, { recursive: true });
    const bin = path.join(repository, 'bin', 'lectern.js');
    const index = `"${process.execPath}" "${bin}" index "${manual}" --library "${library}" --quiet`;
    // A mount namespace of its own, gone with the process.
    const command = `mount -t tmpfs -o size=3m lectern "${snapshots}" || exit 77; ${index} && ls "${snapshots}"`;
    const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', command], {
      encoding: 'utf8',
      env: { ...process.env, ...environmentOf(models), LECTERN_SNAPSHOTS: snapshots },
    });
    if (status === 77 || status === null || stderr.includes('unshare')) {
      context.skip('this machine does not let a test mount a small disk of its own');
      return;
    }
    expect(status, stderr).toBe(0);
    expect(stdout).not.toContain('.kv');
    expect((await ask('"Care of the pump"')).cached).toBe(0);
  }, 100_000);

  it('serve a question of another process', async () => {
    const { library, snapshots, tokens } = whole;
    const run = lecternOn(library, { ...environmentOf(models), LECTERN_SNAPSHOTS: snapshots });
    const { stdout, stderr } = await run(['ask', '"Care of the pump"', '--json']);
    const { usage } = JSON.parse(stdout) as { usage: { cached: number } };
    expect(usage.cached, stderr).toBeGreaterThanOrEqual(Math.min(...tokens));
  }, 100_000);
});

function environmentOf(models: string) {
  return {
    LECTERN_MODELS: models,
    LECTERN_ENGINE: 'qwen3-vl',
    LECTERN_DEVICE: 'cpu',
    LECTERN_SNAPSHOT_WINDOWS: 'always',
  };
}

/** Whose captions end where it ends. */
function shortLecture(): string {
  const folder = smallLibraryFolder(60);
  const captions = path.join(folder, 'lecture.vtt');
  const cues = readFileSync(captions, 'utf8').split('\n\n');
  writeFileSync(captions, cues.filter((cue) => !/^00:0[1-9]/m.test(cue)).join('\n\n'));
  return path.join(folder, 'lecture.mp4');
}
