import { readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pullCheckpoint, type PullOptions, type PullProgress } from '../../../src/model/hub/pull.ts';
import { readHubSettings, type HubSettings } from '../../../src/model/hub/settings.ts';
import { openCheckpoint } from '../../../src/model/qwen3-vl/checkpoint.ts';
import { CONFORMANCE, hasShared, scratchFolder } from '../qwen3-vl/conformance.ts';
import { COMMIT, FakeHub, REPOSITORY, type HubBehaviour } from './fake-hub.ts';

const SOURCE = join(CONFORMANCE, 'dense/model-released-layout');
const SHARD = 'model-00002-of-00002.safetensors';

async function withHub<T>(
  behaviour: HubBehaviour,
  use: (
    hub: FakeHub,
    pull: (options?: PullOptions & Partial<HubSettings>) => ReturnType<typeof pullCheckpoint>,
    cache: string,
  ) => Promise<T>,
): Promise<T> {
  await using hub = await FakeHub.start(SOURCE, behaviour);
  const cacheFolder = await scratchFolder();
  const pull = ({ token, isOffline = false, ...options }: PullOptions & Partial<HubSettings> = {}) =>
    pullCheckpoint(REPOSITORY, {
      settings: { endpoint: hub.endpoint, cacheFolder, isOffline, ...(token && { token }) },
      retryDelayMs: 1,
      ...options,
    });
  return await use(hub, pull, cacheFolder);
}

describe.skipIf(!hasShared)('pullCheckpoint', () => {
  it('downloads a checkpoint that opens, with every needed file and nothing else', async () => {
    await withHub({}, async (hub, pull) => {
      const seen: PullProgress[] = [];
      const pulled = await pull({ onProgress: (progress) => seen.push(progress) });
      expect(pulled).toMatchObject({ commit: COMMIT, isFromCache: false });
      expect(pulled.transferredBytes).toBe(pulled.totalBytes);
      expect((await readdir(pulled.folder)).sort()).toEqual((await readdir(SOURCE)).sort());
      for (const name of await readdir(SOURCE)) {
        expect(
          Buffer.compare(await readFile(join(pulled.folder, name)), await readFile(join(SOURCE, name))),
          name,
        ).toBe(0);
      }
      await using checkpoint = await openCheckpoint(pulled.folder);
      expect(checkpoint.config.text.numLayers).toBe(4);
      expect(seen.at(-1)!.doneBytes).toBe(seen.at(-1)!.totalBytes);
      expect(seen.every(({ doneBytes }, i) => i === 0 || doneBytes >= seen[i - 1]!.doneBytes)).toBe(true);
      expect(hub.downloads('README.md').length).toBe(0);
    });
  });

  it("lays files out as all tools do: blobs by hash, relative links, and the branch's commit", async () => {
    await withHub({}, async (_hub, pull, cache) => {
      await pull();
      const repository = join(cache, 'models--lectern--tiny-vl');
      expect(await readFile(join(repository, 'refs/main'), 'utf8')).toBe(COMMIT);
      const link = await readlink(join(repository, 'snapshots', COMMIT, SHARD));
      expect(link).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]{64}$/);
      expect(await readlink(join(repository, 'snapshots', COMMIT, 'config.json'))).toMatch(/blobs\/[0-9a-f]{40}$/);
    });
  });

  it('downloads nothing twice', async () => {
    await withHub({}, async (hub, pull) => {
      await pull();
      const before = hub.requests.filter(({ url }) => url.startsWith('/cdn/')).length;
      expect((await pull()).transferredBytes).toBe(0);
      expect(hub.requests.filter(({ url }) => url.startsWith('/cdn/')).length).toBe(before);
    });
  });

  it('goes on at the byte where a connection broke, three times', async () => {
    await withHub({ breaks: { [SHARD]: [100_000, 200_000, 1] } }, async (hub, pull) => {
      const pulled = await pull();
      const starts = hub.downloads(SHARD).map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0));
      expect(starts.length).toBe(4);
      // What a broken connection brought may be lost in part, never counted twice.
      [0, 100_000, 300_000, 300_001].forEach((most, i) => expect(starts[i]).toBeLessThanOrEqual(most));
      expect(starts[3]).toBeGreaterThan(0);
      expect(pulled.transferredBytes).toBe(pulled.totalBytes);
      await using checkpoint = await openCheckpoint(pulled.folder);
      expect(checkpoint.tensorNames().length).toBeGreaterThan(100);
    });
  });

  it('gives up after five tries without a byte, keeps what it has, and resumes in the next run', async () => {
    await withHub({ breaks: { [SHARD]: [500_000, 0, 0, 0, 0, 0] } }, async (hub, pull, cache) => {
      await expect(pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
      const blobs = join(cache, 'models--lectern--tiny-vl/blobs');
      const part = (await readdir(blobs)).find((name) => name.endsWith('.incomplete'))!;
      const { size } = await stat(join(blobs, part));
      expect(size > 0 && size <= 500_000).toBe(true);
      const pulled = await pull();
      expect(hub.downloads(SHARD).at(-1)!.range).toBe(`bytes=${size}-`);
      expect(pulled.transferredBytes).toBeLessThan(pulled.totalBytes);
      expect((await readdir(blobs)).some((name) => name.endsWith('.incomplete'))).toBe(false);
    });
  });

  it('stops when aborted, and resumes later', async () => {
    await withHub({}, async (hub, pull) => {
      const controller = new AbortController();
      const onProgress = ({ file, doneBytes }: PullProgress) => {
        if (file === SHARD && doneBytes > 0) controller.abort(new Error('enough'));
      };
      await expect(pull({ signal: controller.signal, onProgress })).rejects.toThrow('enough');
      const pulled = await pull();
      await using checkpoint = await openCheckpoint(pulled.folder);
      expect(checkpoint.folder).toBe(pulled.folder);
      expect(hub.downloads('config.json').length).toBe(1);
    });
  });

  it('starts over where a server ignores ranges', async () => {
    await withHub({ breaks: { [SHARD]: [100_000] }, ignoresRanges: true }, async (_hub, pull) => {
      await using checkpoint = await openCheckpoint((await pull()).folder);
      expect(checkpoint.tensorNames().length).toBeGreaterThan(100);
    });
  });

  it.each([SHARD, 'config.json'])(
    'refuses a damaged %s, deletes it, and takes it right the next time',
    async (name) => {
      await withHub({ damaged: new Set([name]) }, async (hub, pull) => {
        await expect(pull()).rejects.toMatchObject({
          code: 'HUB_HASH_MISMATCH',
          message: expect.stringContaining(name) as string,
        });
        hub.behaviour.damaged!.clear();
        await using checkpoint = await openCheckpoint((await pull()).folder);
        expect(checkpoint.config.text.numLayers).toBe(4);
      });
    },
  );

  it('refuses a part of another origin that is already as long as the file', async () => {
    await withHub({ breaks: { [SHARD]: [10, 0, 0, 0, 0, 0] } }, async (_hub, pull, cache) => {
      await expect(pull()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
      const blobs = join(cache, 'models--lectern--tiny-vl/blobs');
      const part = join(
        blobs,
        (await readdir(blobs)).find((name) => name.endsWith('.incomplete'))!,
      );
      await writeFile(part, new Uint8Array((await stat(join(SOURCE, SHARD))).size));
      await expect(pull()).rejects.toMatchObject({ code: 'HUB_HASH_MISMATCH' });
      expect((await pull()).folder).toContain(COMMIT);
    });
  });

  it('sends HF_TOKEN to the hub, and says so where it is missing or malformed', async () => {
    await withHub({ token: 'hf_secret' }, async (_hub, pull) => {
      await expect(pull()).rejects.toMatchObject({
        code: 'HUB_UNAUTHORIZED',
        remedy: expect.stringContaining('HF_TOKEN') as string,
      });
      await expect(pull({ token: 'hf_wrong' })).rejects.toMatchObject({ code: 'HUB_UNAUTHORIZED' });
      await expect(pull({ token: 'nonsense' })).rejects.toMatchObject({ code: 'HUB_TOKEN' });
      expect((await pull({ token: 'hf_secret' })).commit).toBe(COMMIT);
    });
  });

  it('names a repository, a revision and a name that are not there', async () => {
    await withHub({}, async (hub, pull, cacheFolder) => {
      const settings = { endpoint: hub.endpoint, cacheFolder, isOffline: false };
      await expect(pullCheckpoint('lectern/other', { settings })).rejects.toMatchObject({ code: 'HUB_NOT_FOUND' });
      await expect(pull({ revision: 'v9' })).rejects.toMatchObject({ code: 'HUB_NOT_FOUND' });
      await expect(pullCheckpoint('../x', { settings })).rejects.toMatchObject({ code: 'HUB_NOT_FOUND' });
    });
  });

  it('works offline from the cache, and without a cache says what to do', async () => {
    await withHub({}, async (hub, pull) => {
      await expect(pull({ isOffline: true })).rejects.toMatchObject({ code: 'HUB_OFFLINE' });
      expect(hub.requests.length).toBe(0);
      const { folder } = await pull();
      const before = hub.requests.length;
      expect(await pull({ isOffline: true })).toMatchObject({ folder, isFromCache: true });
      expect(hub.requests.length).toBe(before);
      await rm(join(folder, SHARD));
      await expect(pull({ isOffline: true })).rejects.toMatchObject({ code: 'HUB_OFFLINE' });
    });
  });

  it('falls back to the cache where the hub is out of reach or failing, and says so without one', async () => {
    await withHub({}, async (hub, pull, cacheFolder) => {
      const { folder } = await pull();
      hub.behaviour.status = 503;
      expect(await pull()).toMatchObject({ folder, isFromCache: true });
      await hub.close();
      expect(await pull()).toMatchObject({ folder, isFromCache: true });
      const settings = { endpoint: hub.endpoint, cacheFolder, isOffline: false };
      await expect(pullCheckpoint('lectern/never', { settings })).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    });
  });

  it('never takes a name that leads out of the folder', async () => {
    await withHub(
      { extraNames: ['../../evil.safetensors', '..\\evil.safetensors', 'sub/x.safetensors'] },
      async (_hub, pull) => {
        const { folder } = await pull();
        expect((await readdir(folder)).sort()).toEqual((await readdir(SOURCE)).sort());
      },
    );
  });
});

describe('readHubSettings', () => {
  it('takes endpoint, token, cache and offline mode from the environment', () => {
    const settings = readHubSettings({
      HF_ENDPOINT: 'http://mirror.test/',
      HF_TOKEN: ' hf_x\n',
      HF_HOME: '/data/hf',
      HF_HUB_OFFLINE: '1',
    });
    expect(settings).toEqual({
      endpoint: 'http://mirror.test',
      token: 'hf_x',
      cacheFolder: join('/data/hf', 'hub'),
      isOffline: true,
    });
  });
  it('defaults to huggingface.co and the shared cache folder', () => {
    const settings = readHubSettings({ XDG_CACHE_HOME: '/c' });
    expect(settings).toEqual({
      endpoint: 'https://huggingface.co',
      cacheFolder: join('/c', 'huggingface', 'hub'),
      isOffline: false,
    });
    expect(readHubSettings({ HF_HUB_CACHE: '/hub', HF_HOME: '/no' }).cacheFolder).toBe('/hub');
  });
});
