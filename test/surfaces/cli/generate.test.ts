// lectern generate, from outside: the trained checkpoint's 14 clips in float32 give the tokens of the reference, and clips
// shifted in time or place give others; every way to hand over pictures gives the same answer.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hugePng } from '../../model/chat/huge-png.ts';
import { SHARED } from '../../model/qwen3-vl/conformance.ts';
import { lecternOn, parseJson } from './run-lectern.ts';

const SOURCE = path.join(SHARED, 'models/lectern-slides-26m');
const CASES = path.join(SOURCE, 'cases');
const hasCases = existsSync(CASES);
if (!hasCases) console.warn(`skipped: no trained checkpoint with its clips at ${SOURCE}`);

interface Frame {
  readonly path: string;
  readonly time: number;
}
interface TrainedCase {
  readonly name: string;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly expected: string;
  readonly tokens: readonly number[];
  readonly frames?: readonly Frame[];
  readonly image?: string;
}

const cases = hasCases ? (JSON.parse(readFileSync(path.join(CASES, 'cases.json'), 'utf8')) as TrainedCase[]) : [];

const Milliseconds = z.number().nonnegative();
const Answer = z.object({
  text: z.string(),
  tokens: z.array(z.int()),
  usage: z.object({ prompt: z.int(), cached: z.int(), completion: z.int() }),
  timing: z.object({ prefillMs: Milliseconds, decodeMs: Milliseconds }),
});
const Failure = z.object({ error: z.object({ code: z.string(), message: z.string(), remedy: z.string().min(1) }) });

/** A clip of 48 frames takes a minute where two cores are shared. */
const PATIENCE_MS = 600_000;

describe('lectern generate', () => {
  let folder: string;
  let lectern: ReturnType<typeof lecternOn>;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'lectern-test-'));
    lectern = lecternOn(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const generate = async (...args: string[]) =>
    parseJson(Answer, await lectern(['generate', '--device', 'cpu', '--json', ...args]));
  const failure = async (...args: string[]) => {
    const outcome = await lectern(['generate', '--json', ...args]);
    expect(outcome.code).toBeGreaterThan(0);
    return { status: outcome.code, ...parseJson(Failure, outcome).error };
  };
  const writeLines = async (name: string, frames: readonly Frame[]): Promise<string> => {
    const file = path.join(folder, `${name}.jsonl`);
    const absolute = frames.map((frame) => ({ ...frame, path: path.resolve(CASES, frame.path) }));
    await writeFile(file, absolute.map((frame) => `${JSON.stringify(frame)}\n`).join(''));
    return file;
  };
  const mediaOf = async ({ name, frames, image }: TrainedCase): Promise<string[]> =>
    image === undefined ? ['--frames', await writeLines(name, frames!)] : ['--image', path.join(CASES, image)];

  it('answers with the model in the box, as text for people and as JSON', async () => {
    const outcome = await lectern(['generate', '--device', 'cpu', '--prompt', 'Read the title.', '--max-tokens', '4']);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout.endsWith('\n')).toBe(true);
    expect(outcome.stderr).toContain('lectern-slides-26m on cpu');
    const { usage, tokens } = await generate('--prompt', 'Read the title.', '--max-tokens', '4', '--ignore-eos');
    expect(usage).toEqual({ prompt: expect.any(Number) as number, cached: 0, completion: 4 });
    expect(tokens.length).toBe(4);
  });

  it('keeps keys and values in int8 when told to', async () => {
    const args = ['--prompt', 'Read the title.', '--max-tokens', '4', '--ignore-eos', '--kv', 'int8'];
    expect((await generate(...args)).tokens.length).toBe(4);
  });

  it('says no token twice where penalties are strong', async () => {
    const args = ['--prompt', 'Read the title.', '--max-tokens', '16', '--ignore-eos'];
    const countRepeats = (tokens: readonly number[]) => tokens.length - new Set(tokens).size;
    expect(countRepeats((await generate(...args)).tokens)).toBeGreaterThan(0);
    expect(countRepeats((await generate(...args, '--presence-penalty', '100')).tokens)).toBe(0);
    expect(countRepeats((await generate(...args, '--repetition-penalty', '100')).tokens)).toBe(0);
  });

  it('says what is wrong with a command line, and what to do', async () => {
    const image = path.join(folder, 'no.png');
    expect(await failure()).toMatchObject({ status: 2, code: 'USAGE' });
    expect(await failure('--prompt', 'x', '--messages', 'y')).toMatchObject({ status: 2 });
    expect(await failure('--prompt', 'x', '--max-tokens', '0')).toMatchObject({ status: 2 });
    expect(await failure('--prompt', 'x', '--image', image)).toMatchObject({ code: 'PICTURE_UNREADABLE' });
    expect(await failure('--prompt', 'x', '--max-tokens', '262144')).toMatchObject({ code: 'CONTEXT_OVERFLOW' });
    await writeFile(image, 'no picture');
    expect(await failure('--prompt', 'x', '--image', image)).toMatchObject({ code: 'PICTURE_UNREADABLE' });
    const lines = path.join(folder, 'bad.jsonl');
    await writeFile(lines, '{"path":"a.png"}\n');
    const noTime = await failure('--prompt', 'x', '--frames', lines);
    expect(noTime).toMatchObject({ status: 2, message: expect.stringMatching(/line 1: time/) as string });
    const messages = path.join(folder, 'web.json');
    const content = [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }];
    await writeFile(messages, JSON.stringify([{ role: 'user', content }]));
    expect((await failure('--messages', messages)).message).toContain('nothing is fetched');
  });

  it('tells a file that is not there, pixels that cross, and a prompt of another shape', async () => {
    expect(await failure('--prompt', 'x', '--video', path.join(folder, 'no.mp4'))).toMatchObject({
      status: 1,
      code: 'UNREADABLE_MEDIA',
      message: expect.stringContaining('does not exist') as string,
    });
    const crossed = await failure('--prompt', 'x', '--min-pixels', '2000', '--max-pixels', '1000');
    expect(crossed).toMatchObject({ status: 2, message: '--min-pixels 2000 is above --max-pixels 1000' });
    const messages = path.join(folder, 'odd.json');
    const withPicture = (url: string) => [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
    const frames = (times: number[]) => [
      { role: 'user', content: [{ type: 'frames', frames: times.map((time) => ({ path: shown, time })) }] },
    ];
    const shown = path.join(folder, 'shown.png');
    const create = { width: 64, height: 64, channels: 3 as const, background: 'teal' };
    await sharp({ create }).png().toFile(shown);
    for (const [json, status, problem] of [
      [[], 2, 'there are no messages'],
      [{ model: 'x' }, 2, 'a list of messages is needed'],
      [[{ role: 'user' }], 2, '0.content: text or a list of parts is needed'],
      [frames([]), 2, 'there are no frames'],
      [frames([1e12]), 2, 'these are no seconds'],
      [frames([2, 1]), 1, 'frame 2 has the time 1 after 2'],
      [withPicture('file://elsewhere/a.png'), 2, 'no file of this machine'],
    ] as const) {
      await writeFile(messages, JSON.stringify(json));
      const { status: exit, message } = await failure('--messages', messages);
      expect([exit, message]).toEqual([status, expect.stringContaining(problem)]);
    }
  });

  it('takes the smallest picture, and refuses one of more pixels than are read with a way out', async () => {
    const picture = path.join(folder, 'dot.png');
    await sharp({ create: { width: 1, height: 1, channels: 3, background: 'teal' } })
      .png()
      .toFile(picture);
    expect((await generate('--image', picture, '--prompt', 'x', '--max-tokens', '2')).usage.prompt).toBeGreaterThan(9);
    await writeFile(picture, hugePng());
    const { message, remedy } = await failure('--image', picture, '--prompt', 'x');
    expect([message, remedy]).toEqual([
      expect.stringContaining('it has 70000 x 70000 pixels, and at most 268 million are read'),
      expect.stringContaining('Make it smaller'),
    ]);
  });

  it('refuses so many pixels that memory would not hold them, with the numbers, before any are made', async () => {
    const picture = path.join(folder, 'shown-large.png');
    await sharp({ create: { width: 64, height: 64, channels: 3, background: 'teal' } })
      .png()
      .toFile(picture);
    const small = lecternOn(folder, { LECTERN_MODEL_MEMORY_GB: '4' });
    const args = ['--image', picture, '--prompt', 'x', '--min-pixels', '200000000', '--device', 'cpu', '--json'];
    const { code, message } = parseJson(Failure, await small(['generate', ...args])).error;
    expect(code).toBe('OUT_OF_MEMORY');
    expect(message).toMatch(
      / needs about 2\d\.\d GB .*keys and values of 19\d{4} tokens.*modelMemoryGB allows 4\.0 GB/,
    );
  });

  it('keeps an answer to a schema, and refuses one that it can’t keep', async () => {
    const schema = path.join(folder, 'schema.json');
    const properties = { start: { type: 'integer', minimum: 0, maximum: 9 } };
    await writeFile(
      schema,
      JSON.stringify({ type: 'object', properties, required: ['start'], additionalProperties: false }),
    );
    const { text } = await generate('--prompt', 'When do the slides change?', '--schema', schema);
    expect(JSON.parse(text)).toEqual({ start: expect.any(Number) as number });
    await writeFile(schema, '{"type":"object","if":{}}');
    expect(await failure('--prompt', 'x', '--schema', schema)).toMatchObject({ code: 'SCHEMA' });
  });

  describe.skipIf(!hasCases)('lectern-slides-26m in float32', () => {
    const exact = ['--model', 'slides-fp32'];
    const caseNamed = (name: string) => cases.find((one) => one.name === name)!;
    beforeAll(async () => {
      const { code, stderr } = await lectern(['models', 'add', SOURCE, '--as', 'slides-fp32', '--weights', 'fp32']);
      expect(code, stderr).toBe(0);
    });

    it('has 14 cases', () => expect(cases.length).toBe(14));

    it.each(cases)(
      'answers case $name with the tokens of the reference',
      async (item) => {
        const answer = await generate(...exact, ...(await mediaOf(item)), '--prompt', item.prompt);
        expect(answer.usage).toEqual({ prompt: item.promptTokens, cached: 0, completion: item.tokens.length });
        expect(answer.text).toBe(item.expected);
        expect(answer.tokens).toEqual(item.tokens);
      },
      PATIENCE_MS,
    );

    it(
      'answers otherwise when the times are one second later, or the pictures one frame group later',
      async () => {
        const { frames, prompt, expected } = caseNamed('00');
        const later = await writeLines(
          'later',
          frames!.map((frame) => ({ ...frame, time: frame.time + 1 })),
        );
        const shifted = await generate(...exact, '--frames', later, '--prompt', prompt);
        const plusOne = expected.replace(/(\d+)\.0/g, (_, seconds: string) => `${Number(seconds) + 1}.0`);
        expect(shifted.text).toBe(plusOne);
        const moved = await writeLines(
          'moved',
          frames!.map((frame, i) => ({ ...frame, path: frames![Math.max(0, i - 2)]!.path })),
        );
        expect((await generate(...exact, '--frames', moved, '--prompt', prompt)).text).not.toBe(expected);
      },
      PATIENCE_MS,
    );

    it(
      'answers otherwise when each picture is one row of patches lower',
      async () => {
        const { frames, prompt, expected } = caseNamed('06');
        const lowered = new Map<string, string>();
        for (const { path: file } of frames!) {
          if (!lowered.has(file))
            lowered.set(file, await lowerByRow(path.join(CASES, file), path.join(folder, `${lowered.size}.png`)));
        }
        const lines = await writeLines(
          'lower',
          frames!.map((frame) => ({ ...frame, path: lowered.get(frame.path)! })),
        );
        expect((await generate(...exact, '--frames', lines, '--prompt', prompt)).text).not.toBe(expected);
      },
      PATIENCE_MS,
    );

    it(
      'takes pictures and frames in a messages file as it takes them by option',
      async () => {
        const picture = caseNamed('05');
        const clip = caseNamed('00');
        const file = path.join(CASES, picture.image!);
        const data = `data:image/png;base64,${readFileSync(file).toString('base64')}`;
        const frames = clip.frames!.map((frame) => ({ ...frame, path: path.join(CASES, frame.path) }));
        const messages = path.join(folder, 'messages.json');
        for (const [media, { prompt, tokens }] of [
          [{ type: 'image_url', image_url: { url: file } }, picture],
          [{ type: 'image_url', image_url: { url: data } }, picture],
          [{ type: 'frames', frames }, clip],
        ] as const) {
          await writeFile(
            messages,
            JSON.stringify([{ role: 'user', content: [media, { type: 'text', text: prompt }] }]),
          );
          expect((await generate(...exact, '--messages', messages)).tokens).toEqual(tokens);
        }
      },
      PATIENCE_MS,
    );

    it(
      'ends at a stop string, and goes on past the end where it is told to',
      async () => {
        const { prompt, expected, tokens } = caseNamed('00');
        const media = await mediaOf(caseNamed('00'));
        const stopped = await generate(...exact, ...media, '--prompt', prompt, '--stop', '"title"');
        expect(stopped.text).toBe(expected.slice(0, expected.indexOf('"title"')));
        const count = tokens.length + 3;
        const on = await generate(...exact, ...media, '--prompt', prompt, '--ignore-eos', '--max-tokens', `${count}`);
        expect(on.tokens.length).toBe(count);
        expect(on.tokens.slice(0, tokens.length)).toEqual(tokens);
      },
      PATIENCE_MS,
    );

    it(
      'stops with 130 on Ctrl-C in mid-prefill',
      async () => {
        const item = caseNamed('03');
        const args = [
          'generate',
          ...exact,
          '--device',
          'cpu',
          '--json',
          ...(await mediaOf(item)),
          '--prompt',
          item.prompt,
        ];
        const outcome = await lectern(args, /"stage":"prefill"/);
        expect(outcome.code).toBe(130);
        expect(parseJson(Failure, outcome).error.code).toBe('INTERRUPTED');
        expect(outcome.stderr).not.toContain('"done":2966');
      },
      PATIENCE_MS,
    );

    it(
      'samples a video itself, at its own times',
      async () => {
        const clip = path.join(folder, 'clip.mp4');
        const lecture = path.resolve(import.meta.dirname, '../../../data/lectures/gradient-descent.mp4');
        // The first two slides, by a clock that begins at 100 s.
        const options = ['-t', '22', '-c', 'copy', '-output_ts_offset', '100'];
        const cut = spawnSync('ffmpeg', ['-v', 'error', '-i', lecture, ...options, clip]);
        expect(cut.status, String(cut.stderr)).toBe(0);
        const { text } = await generate(...exact, '--video', clip, '--prompt', 'List the events as JSON.');
        expect(text).toMatch(/^\[\{"start":100\.\d,"end":1[12]\d\.\d,"title":"Gradient Descent"/);
      },
      PATIENCE_MS,
    );

    it(
      'costs more tokens with a larger pixel budget',
      async () => {
        const { image, prompt, promptTokens } = caseNamed('05');
        const args = [...exact, '--image', path.join(CASES, image!), '--prompt', prompt, '--max-tokens', '1'];
        expect((await generate(...args, '--min-pixels', '400000')).usage.prompt).toBeGreaterThan(promptTokens);
        expect((await generate(...args, '--max-pixels', '30000')).usage.prompt).toBeLessThan(promptTokens);
      },
      PATIENCE_MS,
    );
  });
});

/** A copy of a PNG, every line 16 lower, the last ones on top. */
async function lowerByRow(from: string, to: string): Promise<string> {
  const { data, info } = await sharp(from).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const rolled = Buffer.concat([
    data.subarray((height - 16) * width * channels),
    data.subarray(0, (height - 16) * width * channels),
  ]);
  await sharp(rolled, { raw: { width, height, channels } }).png().toFile(to);
  return to;
}
