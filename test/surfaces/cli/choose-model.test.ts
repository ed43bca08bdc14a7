// Which engine and which models a command uses where nobody says, through the real command line.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import { noteOrigin } from '../../../src/model/installed-models.ts';
import { temporaryFolder } from '../../helpers/lectern.ts';
import { smallLibraryFolder } from '../../helpers/material.ts';
import { CONFORMANCE, hasShared } from '../../model/qwen3-vl/conformance.ts';
import { lecternOn } from './run-lectern.ts';

interface Plan {
  readonly engine: string;
  readonly choices: readonly string[];
  readonly inputs: readonly { readonly kind: string; readonly model: { readonly name: string } | null }[];
}

describe.skipIf(!hasShared)('the engine and the models, where nobody says', () => {
  const models = temporaryFolder('models');
  const none = temporaryFolder('no-models');
  const folder = temporaryFolder('notes');
  const notes = path.join(folder, 'notes.vtt');
  const environment = { LECTERN_DEVICE: 'cpu', LECTERN_MODEL_MEMORY_GB: '64', XDG_CONFIG_HOME: none };
  const run = (at: string, more: Readonly<Record<string, string>> = {}) =>
    lecternOn(temporaryFolder('choice'), { ...environment, LECTERN_MODELS: at, ...more });

  beforeAll(async () => {
    copyFileSync(path.join(smallLibraryFolder(1), 'notes.vtt'), notes);
    await add('dense', '2026-01-01T00:00:00Z');
  }, 60_000);

  async function add(name: 'dense' | 'moe', addedAt: string) {
    mkdirSync(path.join(models, name), { recursive: true });
    await addModel(path.join(CONFORMANCE, name, 'model'), path.join(models, name), 'fp32');
    await noteOrigin(path.join(models, name), { from: name, addedAt });
  }

  async function plan(at: string, args: readonly string[] = [], more: Readonly<Record<string, string>> = {}) {
    const { stdout, stderr, code } = await run(at, more)(['index', notes, '--plan', '--json', ...args]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Plan;
  }

  it('is the reader without an added model, an added model where there is one, and what is named before both', async () => {
    expect(await plan(none)).toMatchObject({ engine: 'reader', choices: [] });
    expect(await plan(models)).toMatchObject({ engine: 'dense', choices: [], inputs: [{ model: { name: 'dense' } }] });
    expect(await plan(none, ['--model', 'lectern-slides-26m'])).toMatchObject({ engine: 'lectern-slides-26m' });
  }, 60_000);

  it('says which of several models takes what and why; --model takes everything; a setting takes its kind', async () => {
    await add('moe', '2026-02-01T00:00:00Z');
    const { engine, choices } = await plan(models);
    expect(engine).toBe('moe');
    expect(choices).toEqual([
      'Questions and summaries go to dense: the smallest dense model, which answers soonest.',
      'Sources go to moe: a mixture of experts that fits in memory.',
      expect.stringMatching(/^Long documents go to (dense|moe): the longest context in this memory, \d+K tokens\.$/),
    ]);
    expect(await plan(models, ['--model', 'dense'])).toMatchObject({ engine: 'dense', choices: [] });
    const set = await plan(models, [], { LECTERN_BATCH_MODEL: 'dense' });
    expect(set).toMatchObject({ engine: 'dense', inputs: [{ model: { name: 'dense' } }] });
    const { stdout } = await run(models)(['doctor']);
    expect(stdout).toContain('Sources go to moe: a mixture of experts that fits in memory.');
  }, 60_000);

  it('takes no more memory than the settings allow, and says how much it would need', async () => {
    const little = { LECTERN_MODEL_MEMORY_GB: '0.001' };
    const [input] = (await plan(models, ['--model', 'dense'], little)).inputs;
    expect(input).toMatchObject({ error: { code: 'OUT_OF_MEMORY' } });
    const generate = ['generate', '--model', 'dense', '--prompt', 'x', '--max-tokens', '1', '--json'];
    const { code, stdout } = await run(models, little)(generate);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /dense needs about \d+\.\d MB \(weights .*modelMemoryGB allows 1\.0 MB.*LECTERN_MODEL_MEMORY_GB/,
      ),
    ]);
    expect((await run(models, { LECTERN_MODEL_MEMORY_GB: '1' })(generate)).code).toBe(0);
  }, 60_000);

  it('refuses a name that is not installed, with those that are', async () => {
    writeFileSync(path.join(folder, 'settings.json'), JSON.stringify({ interactiveModel: 'nobody' }));
    const { code, stderr } = await run(models)(['ask', 'Why?', '--config', path.join(folder, 'settings.json')]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/No model called nobody is installed/);
  }, 60_000);
});
