// What reuse saves: time to the first token of a question about a long text with nothing kept, with its keys and values in memory,
// and from a snapshot after a restart; and what a snapshot takes on disk. Messages in, text out, as `lectern ask` runs a model; the
// 2B shape with random weights and the tokenizer of the model in the box. Each restart is a process of its own with a time limit.
// `node bench/reuse.ts [--device cpu] [--tokens 4096] [--models DIR] [--snapshots DIR] [--out FILE.md]`
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { CARDS_FOLDER } from '../src/model/cards.ts';
import { LocalChatModel } from '../src/model/chat/local-chat-model.ts';
import { listSnapshots } from '../src/model/engine/snapshot-folder.ts';
import type { SnapshotFormat } from '../src/model/engine/snapshot.ts';
import type { Device } from '../src/model/ort/providers.ts';
import type { ModelConfig } from '../src/model/qwen3-vl/config.ts';
import { convertCheckpoint } from '../src/model/qwen3-vl/graphs/model-folder.ts';
import type { WeightFormat } from '../src/model/qwen3-vl/graphs/weights.ts';
import { randomCheckpoint, releasedConfig, type ShapeName } from './model/random-checkpoint.ts';
import { printTable, saveTable } from './table.ts';

const ANSWER_TOKENS = 16;
const MOST_WRITING_SECONDS = 120;
const SECOND = 'And which way does the gradient point in the end?';
/** Of the model in the box: what makes messages into a prompt. */
const FILES = [
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'chat_template.json',
  'preprocessor_config.json',
  'video_preprocessor_config.json',
];

const { values: options } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    tokens: { type: 'string', default: '4096' },
    shape: { type: 'string', default: '2B' },
    weights: { type: 'string' },
    models: { type: 'string', default: join(tmpdir(), 'lectern-bench') },
    snapshots: { type: 'string' },
    out: { type: 'string' },
    limit: { type: 'string', default: '250' },
    one: { type: 'string' },
  },
});
const device = options.device as Device;
const weights = (options.weights ?? (device === 'cpu' ? 'int4' : 'fp16')) as WeightFormat;
const shape = options.shape as ShapeName;
const folder = join(options.models, `${shape}-${weights}-chat`);

interface Question {
  /** To the first token. */
  readonly seconds: number;
  readonly cached: number;
  readonly prompt: number;
  readonly tokenIds: readonly number[];
}

/** What one process has measured. */
interface Measured {
  readonly loadSeconds: number;
  readonly questions: readonly Question[];
  /** From the first answer's end until its beginning was on disk. */
  readonly keptSeconds?: number;
}

if (options.one) console.log(JSON.stringify(await measure(options.one, options.snapshots!)));
else await compare();

async function compare(): Promise<void> {
  await prepare();
  const scratch = mkdtempSync(join(options.snapshots ?? tmpdir(), 'lectern-snapshots-'));
  const rows: string[][] = [];
  for (const format of ['fp', 'int8'] as const) {
    const store = join(scratch, format);
    const first = inProcess('first', format, store);
    const again = first?.keptSeconds === undefined ? undefined : inProcess('again', format, store);
    if (format === 'fp') {
      rows.push(['nothing kept', ...cells(first, first, 0)], ['kept in memory', ...cells(first, first, 1)]);
    }
    const [file] = await listSnapshots(store);
    const keptSeconds = first?.keptSeconds;
    const isKept = file !== undefined && keptSeconds !== undefined;
    const kept = isKept ? [(file.bytes / 1e9).toFixed(2), keptSeconds.toFixed(1)] : [];
    rows.push([`from disk after a restart, ${nameOf(format)}`, ...cells(again, first, 0), ...kept]);
    rmSync(store, { recursive: true, force: true });
  }
  rmSync(scratch, { recursive: true, force: true });
  const header = [
    'prefix',
    'load, s',
    'tokens reused',
    'first token, s',
    'faster',
    'same answer',
    'GB on disk',
    'written in s',
  ];
  const title = `A question about ${options.tokens} tokens of text, ${shape} ${weights} on ${device}`;
  const table = printTable(
    title,
    header,
    rows.map((row) => [...row, '-', '-'].slice(0, header.length)),
  );
  if (options.out) writeFileSync(options.out, table);
  else saveTable(`reuse-${device}`, table);
}

/** Of one question, beside the first one of `first`, and the tokens of its second one, which every other is too. */
function cells(measured: Measured | undefined, first: Measured | undefined, index: number): string[] {
  const question = measured?.questions[index];
  if (!question || !first) return ['-', '-', `none in ${options.limit} s`, '-', '-'];
  const [cold, second] = first.questions as [Question, Question];
  const { seconds, cached, prompt, tokenIds } = question;
  const same = tokenIds.filter((id, at) => id === second.tokenIds[at]).length;
  return [
    measured.loadSeconds.toFixed(1),
    `${cached} of ${prompt}`,
    seconds.toFixed(seconds < 10 ? 3 : 1),
    `${(cold.seconds / seconds).toFixed(1)}x`,
    question === cold ? '-' : `${same} of ${tokenIds.length}`,
  ];
}

/** float caches are float32 on a CPU. */
function nameOf(format: SnapshotFormat): string {
  return format === 'int8' ? 'int8' : device === 'cpu' ? 'fp32' : 'fp16';
}

/** undefined where it took too long or failed; why stands on stderr. */
function inProcess(what: 'first' | 'again', format: SnapshotFormat, store: string): Measured | undefined {
  const own = ['--one', `${what}-${format}`, '--snapshots', store];
  const given = ['--device', device, '--tokens', options.tokens, '--shape', shape, '--weights', weights];
  const { stdout, status, signal } = spawnSync(
    process.execPath,
    [import.meta.filename, ...own, ...given, '--models', options.models],
    {
      encoding: 'utf8',
      timeout: Number(options.limit) * 1000,
      stdio: ['ignore', 'pipe', 'inherit'],
      killSignal: 'SIGKILL',
    },
  );
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (line.startsWith('{')) return JSON.parse(line) as Measured;
  console.error(`${what} ${format}: no result (status ${status}, signal ${signal})`);
  return undefined;
}

async function measure(one: string, store: string): Promise<Measured> {
  const [what, format] = one.split('-') as ['first' | 'again', SnapshotFormat];
  const began = performance.now();
  const say = (text: string) => console.error(`${one} ${((performance.now() - began) / 1000).toFixed(1)} s: ${text}`);
  let hasFailed = false;
  await using model = await LocalChatModel.open(folder, {
    device,
    snapshots: { folder: store, maxBytes: Infinity, format, keepsAll: true },
    onSnapshotFailure(error) {
      hasFailed = true;
      console.error(error);
    },
  });
  const text = await textOf(model, Number(options.tokens));
  const ask = async (content: string, question: string) => {
    const started = performance.now();
    let seconds = 0;
    const answer = model.stream({
      messages: [
        { role: 'system', content },
        { role: 'user', content: question },
      ],
      reusable: { messages: content === text ? 1 : 0 },
      maxTokens: ANSWER_TOKENS,
      ignoreEos: true,
      // The last tokens of the prompt are followed by the first one of the answer within a step's time.
      onPrefill: (done, total) => done === total && (seconds = (performance.now() - started) / 1000),
    });
    let next = await answer.next();
    while (!next.done) next = await answer.next();
    const { usage, tokenIds } = next.value;
    say(`${usage.cached} of ${usage.prompt} tokens reused, ${seconds.toFixed(3)} s`);
    return { seconds, cached: usage.cached, prompt: usage.prompt, tokenIds: tokenIds! };
  };
  // Weights are read and kernels chosen by the first requests, which are about something else.
  for (const length of [64, device === 'cpu' ? 64 : 8192]) await ask(`Other. ${text.slice(0, length * 2)}`, 'What?');
  const loadSeconds = (performance.now() - began) / 1000;
  say('loaded');
  if (what === 'again') return { loadSeconds, questions: [await ask(text, SECOND)] };
  const first = await ask(text, 'Which step is taken first?');
  const answered = performance.now();
  const seconds = () => (performance.now() - answered) / 1000;
  let isKept = false;
  while (!isKept && !hasFailed && seconds() < MOST_WRITING_SECONDS) {
    await sleep(20);
    isKept = (await listSnapshots(store)).length > 0;
  }
  const keptSeconds = seconds();
  say(isKept ? `kept in ${keptSeconds.toFixed(1)} s` : 'not kept: too slow, or no room on the disk');
  return { loadSeconds, ...(isKept && { keptSeconds }), questions: [first, await ask(text, SECOND)] };
}

/** A text of about so many tokens, no sentence of which stands in it twice. */
async function textOf(model: LocalChatModel, numTokens: number): Promise<string> {
  const sentences = (count: number) =>
    Array.from({ length: count }, (_, i) => `[${i}] Step ${(i * 7919) % 100_003} moves weight ${i} downhill.\n`).join(
      '',
    );
  const tokensOf = (content: string) => model.countTokens({ messages: [{ role: 'system', content }] });
  const some = sentences(1000);
  const perSentence = (await tokensOf(some)) / 1000;
  return sentences(Math.round(numTokens / perSentence));
}

/** The converted shape, as the GPU bench makes it, with the tokenizer of the model in the box and that one's ids of pictures. */
async function prepare(): Promise<void> {
  const converted = join(options.models, `${shape}-${weights}`);
  if (!existsSync(join(converted, 'model.json'))) {
    mkdirSync(converted, { recursive: true });
    await convertCheckpoint(randomCheckpoint(releasedConfig(shape)), converted, weights);
  }
  const shipped = join(CARDS_FOLDER, 'lectern-slides-26m');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  linkSync(join(converted, 'weights.bin'), join(folder, 'weights.bin'));
  for (const name of FILES) if (existsSync(join(shipped, name))) copyFileSync(join(shipped, name), join(folder, name));
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as { config: ModelConfig };
  const { config } = read(join(shipped, 'model.json'));
  const model = read(join(converted, 'model.json'));
  const { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId } = config;
  const ids = { imageTokenId, videoTokenId, visionStartTokenId, visionEndTokenId };
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ ...model, config: { ...model.config, ...ids } }));
}
