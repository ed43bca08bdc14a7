// lectern models, from outside: checkpoints of both layouts come, are listed, shown and used, and go again.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeHub, REPOSITORY } from '../../model/hub/fake-hub.ts';
import { CONFORMANCE, hasShared } from '../../model/qwen3-vl/conformance.ts';
import { lecternOn, parseJson } from './run-lectern.ts';

const Model = z.object({
  name: z.string(),
  family: z.literal('qwen3-vl'),
  weights: z.enum(['fp32', 'fp16', 'int8', 'int4']),
  bytes: z.number().int().positive(),
  default: z.boolean(),
});
const List = z.object({ models: z.array(Model) });
const Failure = z.object({ error: z.object({ code: z.string(), message: z.string(), remedy: z.string().min(1) }) });

const SHIPPED = 'lectern-slides-26m';

describe('lectern models', () => {
  let library: string;
  let lectern: ReturnType<typeof lecternOn>;
  beforeAll(async () => {
    library = await mkdtemp(path.join(tmpdir(), 'lectern-test-'));
    lectern = lecternOn(library);
  });
  afterAll(() => rm(library, { recursive: true, force: true }));

  const listed = async () => parseJson(List, await lectern(['models', 'list', '--json'])).models;
  const failure = async (...args: string[]) => {
    const outcome = await lectern([...args, '--json']);
    expect(outcome.code).toBeGreaterThan(0);
    return parseJson(Failure, outcome).error;
  };

  it('lists the model in the box, which is the default, and what can be pulled', async () => {
    const models = await listed();
    expect(models.find(({ name }) => name === SHIPPED)).toMatchObject({ weights: 'int4', default: true });
    const { stdout } = await lectern(['models', 'list']);
    expect(stdout).toContain('qwen3-vl-2b-instruct');
  });

  it('shows the model in the box, and a released one that is not here', async () => {
    const shown = parseJson(Model.loose(), await lectern(['models', 'show', SHIPPED, '--json']));
    expect(shown).toMatchObject({
      name: SHIPPED,
      architecture: 'qwen3_vl',
      contextTokens: 262_144,
      licence: 'Apache-2.0',
    });
    const text = (await lectern(['models', 'show', SHIPPED])).stdout;
    expect(text).toMatch(/^lectern-slides-26m {2}default {2}in the box\nabout {7}Ours, in the box/);
    expect(text).toMatch(/^weights {5}int4, 23\.2 MB on disk$/m);
    const released = (await lectern(['models', 'show', 'qwen3-vl-4b-instruct'])).stdout;
    expect(released).toContain('models pull');
    expect(released).toMatch(/^memory {6}int4: \d+\.\d GB at 4K, .* GB at 256K tokens of context$/m);
  });

  it('names what there is where a model is unknown, in each command', async () => {
    for (const args of [
      ['models', 'show', 'nope'],
      ['models', 'remove', 'nope'],
      ['generate', '--model', 'nope', '--prompt', 'x'],
    ]) {
      expect(await failure(...args)).toMatchObject({
        code: 'MODEL_NOT_FOUND',
        remedy: expect.stringContaining(SHIPPED) as string,
      });
    }
    expect(await failure('models', 'pull', 'nope')).toMatchObject({
      code: 'USAGE',
      remedy: expect.stringContaining('qwen3-vl-2b-instruct') as string,
    });
  });

  it('never removes the model in the box', async () => {
    expect(await failure('models', 'remove', SHIPPED)).toMatchObject({ code: 'MODEL_SHIPPED' });
  });

  it('refuses a folder without a checkpoint and a name that is none, and leaves nothing', async () => {
    expect(await failure('models', 'add', library)).toMatchObject({ code: 'CHECKPOINT_NOT_FOUND' });
    expect(await failure('models', 'add', library, '--as', '../x')).toMatchObject({ code: 'USAGE' });
    expect(await readdir(library).catch(() => [])).not.toContain('models');
  });

  describe.skipIf(!hasShared)('with the reference checkpoints', () => {
    const add = (layout: string, name: string, ...rest: string[]) =>
      lectern(['models', 'add', path.join(CONFORMANCE, 'dense', layout), '--as', name, ...rest]);

    it('adds both layouts of a checkpoint, with progress on stderr; they answer the same', async () => {
      const outcome = await add('model', 'first', '--weights', 'fp32', '--json');
      expect(parseJson(Model, outcome)).toMatchObject({ name: 'first', weights: 'fp32', default: true });
      expect(outcome.stderr).toContain('"stage":"convert"');
      expect((await add('model-released-layout', 'second', '--weights', 'fp32', '--quiet')).code).toBe(0);
      const answers = await Promise.all(
        ['first', 'second'].map(async (name) => {
          const args = ['generate', '--model', name, '--prompt', 'Hello', '--max-tokens', '8', '--ignore-eos'];
          return parseJson(
            z.object({ tokens: z.array(z.int()).length(8) }),
            await lectern([...args, '--device', 'cpu', '--json']),
          );
        }),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect((await listed()).map(({ name }) => name)).toEqual(expect.arrayContaining(['first', 'second', SHIPPED]));
    });

    it('says that a model of that name was replaced', async () => {
      expect((await add('model', 'twice', '--weights', 'int4')).stdout).toMatch(/^Added twice in int4/);
      expect((await add('model', 'twice', '--weights', 'fp16')).stdout).toMatch(/^Replaced twice in fp16/);
      expect((await lectern(['models', 'remove', 'twice'])).code).toBe(0);
    });

    it('is added whole by each of several processes that add one name at once', async () => {
      const outcomes = await Promise.all([1, 2, 3].map(() => add('model', 'shared', '--weights', 'int4', '--quiet')));
      expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0]);
      const names = await readdir(path.join(library, 'models'));
      expect(names.filter((name) => name.startsWith('shared'))).toEqual(['shared']);
      const generate = ['generate', '--model', 'shared', '--prompt', 'x', '--max-tokens', '1', '--device', 'cpu'];
      expect((await lectern(generate)).code).toBe(0);
      expect((await lectern(['models', 'remove', 'shared'])).code).toBe(0);
    });

    it('makes the model added last the default, and the one in the box again when all others went', async () => {
      expect((await listed()).find((model) => model.default)?.name).toBe('second');
      for (const name of ['second', 'first']) {
        expect((await lectern(['models', 'remove', name])).stdout).toContain(`Removed ${name}`);
      }
      expect((await listed()).find((model) => model.default)?.name).toBe(SHIPPED);
      expect(await readdir(path.join(library, 'models'))).toEqual([]);
    });

    it('never lists a folder that is half written; one cut short is said and can be removed', async () => {
      const models = path.join(library, 'models');
      await mkdir(path.join(models, 'killed.part'), { recursive: true });
      await writeFile(path.join(models, 'killed.part', 'weights.bin'), 'some');
      await mkdir(path.join(models, 'empty'));
      await add('model', 'short', '--quiet');
      await truncate(path.join(models, 'short', 'weights.bin'), 1000);
      const outcome = await lectern(['models', 'list', '--json']);
      expect(parseJson(List, outcome).models.map(({ name }) => name)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/killed|empty|short/)]),
      );
      expect(outcome.stderr).toMatch(/short .*cut short/);
      expect(await failure('generate', '--model', 'short', '--prompt', 'x')).toMatchObject({ code: 'MODEL_FOLDER' });
      expect((await lectern(['models', 'remove', 'short'])).code).toBe(0);
      expect(await readdir(models)).not.toContain('short');
    });

    it('pulls from a hub, then converts; a checkpoint without a shard is refused by its name', async () => {
      const source = path.join(CONFORMANCE, 'dense/model-released-layout');
      await using hub = await FakeHub.start(source);
      const cache = path.join(library, 'hub');
      const environment = { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, HF_TOKEN: '', HF_HUB_OFFLINE: '' };
      const outcome = await lecternOn(library, environment)(['models', 'pull', REPOSITORY, '--json']);
      expect(parseJson(Model, outcome)).toMatchObject({ name: 'tiny-vl', weights: 'int4' });
      expect(outcome.stderr).toContain('"stage":"download"');
      expect((await listed()).map(({ name }) => name)).toContain('tiny-vl');

      const broken = path.join(library, 'broken');
      await cp(source, broken, { recursive: true });
      await rm(path.join(broken, 'model-00002-of-00002.safetensors'));
      expect(await failure('models', 'add', broken)).toMatchObject({
        code: 'CHECKPOINT_SHARD_MISSING',
        message: expect.stringContaining('model-00002-of-00002.safetensors') as string,
      });
      expect((await listed()).map(({ name }) => name)).not.toContain('broken');
    });

    it('pulls on where a connection broke, throws a damaged file away, and takes the cache where there is no network', async () => {
      const source = path.join(CONFORMANCE, 'dense/model-released-layout');
      const shard = 'model-00002-of-00002.safetensors';
      await using hub = await FakeHub.start(source, { breaks: { [shard]: [400_000] }, damaged: new Set([shard]) });
      const cache = path.join(library, 'broken-hub');
      const pull = (environment: Record<string, string> = {}) =>
        lecternOn(library, {
          ...{ HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: cache, HF_TOKEN: '', HF_HUB_OFFLINE: '' },
          ...environment,
        })(['models', 'pull', REPOSITORY, '--as', 'again', '--json']);
      const offline = await pull({ HF_HUB_OFFLINE: '1' });
      expect([offline.code, parseJson(Failure, offline).error.code]).toEqual([1, 'HUB_OFFLINE']);
      const damaged = await pull();
      expect([damaged.code, parseJson(Failure, damaged).error.code]).toEqual([1, 'HUB_HASH_MISMATCH']);
      const ranges = hub.downloads(shard).map(({ range }) => range);
      expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
      hub.behaviour.damaged?.clear();
      expect(parseJson(Model, await pull())).toMatchObject({ name: 'again' });
      const requests = hub.requests.length;
      const cached = await pull({ HF_HUB_OFFLINE: '1' });
      expect(parseJson(Model, cached)).toMatchObject({ name: 'again' });
      expect(cached.stderr).toContain('taken from the cache');
      expect(hub.requests.length).toBe(requests);
    });

    it('finds no room on a disk that is full, says how much it needs, and leaves nothing', async (context) => {
      const small = path.join(library, 'small');
      await mkdir(small);
      const bin = path.resolve(import.meta.dirname, '../../../bin/lectern.js');
      const add = `"${process.execPath}" "${bin}" models add "${path.join(CONFORMANCE, 'dense/model')}" --as x --json --quiet`;
      // A mount namespace of its own, gone with the process. The weights fit the second disk, and the files beside them don't.
      for (const size of ['1m', '1332k']) {
        const command = `mount -t tmpfs -o size=${size} lectern "${small}" || exit 77; ${add} || find "${small}" -name 'x*' >&2`;
        const env = { ...process.env, LECTERN_MODELS: path.join(small, 'models') };
        const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', command], {
          encoding: 'utf8',
          env,
        });
        if (status === 77 || status === null || stderr.includes('unshare')) {
          context.skip('this machine does not let a test mount a small disk of its own');
          return;
        }
        expect(JSON.parse(stdout)).toMatchObject({
          error: { code: 'DISK_FULL', message: expect.stringMatching(/1\.\d MB to write/) as string },
        });
        expect(stderr).toBe('');
      }
    });

    it('stops with 130 on Ctrl-C and leaves nothing half', async () => {
      const args = ['models', 'add', path.join(CONFORMANCE, 'moe/model'), '--as', 'stopped', '--json'];
      const { code, stdout } = await lectern(args, /"stage":"convert"/);
      // A conversion this small may be over before the signal comes.
      if (code === 0) return;
      expect(code).toBe(130);
      expect(stdout).toContain('INTERRUPTED');
      expect((await readdir(path.join(library, 'models'))).filter((name) => name.startsWith('stopped'))).toEqual([]);
    });
  });
});
