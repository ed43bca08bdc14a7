// A second question about the same source runs the question alone: in the same process, and in the next one, from what the first
// left on disk. The real command line over a conformance checkpoint.
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONFORMANCE, hasShared } from '../../model/qwen3-vl/conformance.ts';
import { lecternOn, parseJson, parseLines } from './run-lectern.ts';

const Usage = z.object({ prompt: z.int(), cached: z.int(), completion: z.int() });
const Answer = z.object({ question: z.string(), usage: Usage });
const Generated = z.object({ tokens: z.array(z.int()), usage: Usage });
const Paths = z.object({ snapshots: z.string() });
const Doctor = z.object({ findings: z.array(z.object({ part: z.string(), status: z.string(), message: z.string() })) });

/** The question and the template's words around it. */
const QUESTION_TOKENS = 40;

describe.skipIf(!hasShared)('a second question about one source', () => {
  let folder: string;
  let snapshots: string;
  let lectern: ReturnType<typeof lecternOn>;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-again-'));
    snapshots = path.join(folder, 'snapshots');
    lectern = lecternOn(path.join(folder, 'library'), {
      LECTERN_SNAPSHOTS: snapshots,
      LECTERN_DEVICE: 'cpu',
      LECTERN_ENGINE: 'qwen3-vl',
    });
    const checkpoint = path.join(folder, 'checkpoint');
    await mkdir(checkpoint);
    for (const name of await readdir(path.join(CONFORMANCE, 'dense/model'))) {
      if (name !== 'generation_config.json') {
        await copyFile(path.join(CONFORMANCE, 'dense/model', name), path.join(checkpoint, name));
      }
    }
    // Random weights never end an answer: here each of its tokens does.
    const file = path.join(checkpoint, 'generation_config.json');
    await writeFile(file, JSON.stringify({ eos_token_id: Array.from({ length: 4096 }, (_, id) => id) }));
    const cues = Array.from({ length: 40 }, (_, i) => {
      const clock = (seconds: number) => `00:${String(Math.floor(seconds / 60)).padStart(2, '0')}:${seconds % 60}.000`;
      return `${clock(i * 5 + 10)} --> ${clock(i * 5 + 14)}\nStep ${i} moves the weights against their gradient.\n`;
    });
    await writeFile(path.join(folder, 'talk.vtt'), `WEBVTT\n\n${cues.join('\n')}`);
    for (const args of [
      ['models', 'add', checkpoint, '--as', 'dense', '--weights', 'fp32'],
      ['index', path.join(folder, 'talk.vtt'), '--engine', 'reader'],
    ]) {
      const { code, stderr } = await lectern(args);
      expect(code, stderr).toBe(0);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs the question alone, in one process and in the next', async () => {
    const questions = path.join(folder, 'questions');
    await writeFile(questions, 'What moves the weights?\nWhat does step 12 do to the weights?\n');
    const [first, second] = parseLines(Answer, await lectern(['ask', '--queries', questions]));
    expect(first!.usage.cached).toBe(0);
    expect(second!.usage.prompt - second!.usage.cached).toBeLessThan(QUESTION_TOKENS);
    const source = path.join(folder, 'talk.vtt');
    const { usage } = parseJson(Answer, await lectern(['ask', 'Which gradient?', '--source', source, '--json']));
    expect(usage.cached).toBeGreaterThan(500);
    expect(usage.prompt - usage.cached).toBeLessThan(QUESTION_TOKENS);
    expect(await readdir(snapshots)).toHaveLength(1);
  });

  it('keeps nothing where no gigabytes are given to snapshots', async () => {
    const off = lecternOn(path.join(folder, 'library'), { LECTERN_SNAPSHOT_GB: '0', LECTERN_DEVICE: 'cpu' });
    const outcome = await off(['ask', 'Which gradient?', '--engine', 'qwen3-vl', '--json']);
    expect(parseJson(Answer, outcome).usage.cached).toBe(0);
  });

  it('says where snapshots lie and what they take', async () => {
    expect(parseJson(Paths, await lectern(['paths', '--json'])).snapshots).toBe(snapshots);
    const { findings } = parseJson(Doctor, await lectern(['doctor', '--json']));
    expect(findings.find(({ part }) => part === 'snapshots')).toMatchObject({
      status: 'ok',
      message: expect.stringContaining(`${snapshots}, 1 kept (fp), 0.0 of 8 GB used`) as string,
    });
  });

  it('goes on from there with generate --reuse, to the same tokens', async () => {
    const messages = async (question: string) => {
      const file = path.join(folder, 'messages.json');
      const system = Array.from({ length: 60 }, (_, i) => `Rule ${i}: be brief.`).join(' ');
      await writeFile(
        file,
        JSON.stringify([
          { role: 'system', content: system },
          { role: 'user', content: question },
        ]),
      );
      return ['generate', '--messages', file, '--max-tokens', '6', '--ignore-eos', '--json'];
    };
    const run = async (args: readonly string[]) => parseJson(Generated, await lectern(args));
    expect((await run([...(await messages('Who?')), '--reuse'])).usage.cached).toBe(0);
    const again = await run([...(await messages('Where then?')), '--reuse']);
    const alone = await run(await messages('Where then?'));
    expect(again.usage.cached).toBeGreaterThan(300);
    expect(alone.usage.cached).toBe(0);
    expect(again.tokens).toEqual(alone.tokens);
    const sizes = await Promise.all((await readdir(snapshots)).map((name) => stat(path.join(snapshots, name))));
    expect(sizes).toHaveLength(2);
  });
});
