// How long does an hour take from file to stored events with a model, and where does the time go? A 60-minute 1280x720 lecture
// (tools/make-lecture.mjs of the shared material, made on first use) with captions, and a 303-page manual, then ten questions on
// it. The 2B shape in int4 with random weights and the released vocabulary; end-of-text is disabled, and every window runs to 200
// tokens. Reading files is part of it, on the same machine.
// `node bench/pipeline.ts --models DIR [--device cuda] [--minutes 60] [--lecture FILE] [--manual FILE] [--model NAME] [--only lecture|manual]`
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { indexSources } from '../pipelines/index-sources.ts';
import { ModelEngine } from '../pipelines/model-engine.ts';
import { openModels, type OpenedModel } from '../pipelines/open-model.ts';
import { resolveConfig, type Config } from '../src/config.ts';
import { LecternError } from '../src/errors.ts';
import type { ChatModel, ChatRequest, ChatUsage } from '../src/model/chat/chat-model.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import { formatTimestamp } from '../src/time.ts';
import { randomChatModel } from './model/random-chat-model.ts';
import { printTable, saveTable } from './table.ts';

const WINDOW_TOKENS = 200;
/** Of an answer to a question, of which the first word counts. */
const ANSWER_TOKENS = 32;
/** NVIDIA VSS 3.2, 60 minutes on 4 + 4 H100, as its documentation says; specs/peers.md, A1. */
const PEER = ['NVIDIA VSS 3.2, 60-minute video, 4 + 4 H100, published', '64.7'];
const QUESTIONS = [
  'How do I make an axis logarithmic?',
  'How is a legend placed outside the plot?',
  'What does the every keyword select?',
  'How do I fit a curve to data?',
  'Which terminals write PDF?',
  'How are dates used on an axis?',
  'How do I plot two data sets with two y axes?',
  'What is a palette?',
  'How do I draw a surface with contours?',
  'How is a macro substituted?',
];

const { values: options } = parseArgs({
  options: {
    models: { type: 'string', default: path.join(os.tmpdir(), 'lectern-bench') },
    model: { type: 'string' },
    device: { type: 'string', default: 'cuda' },
    minutes: { type: 'string', default: '60' },
    lecture: { type: 'string' },
    manual: { type: 'string', default: path.join(import.meta.dirname, '../data/manuals/gnuplot.pdf') },
    only: { type: 'string' },
    name: { type: 'string', default: 'pipeline' },
  },
});

function makeLecture(): string {
  const folder = path.join(os.tmpdir(), 'lectern-bench', `lecture-${options.minutes}`);
  const tool = path.resolve(import.meta.dirname, '../../shared/tools/make-lecture.mjs');
  if (!existsSync(path.join(folder, 'truth.json'))) {
    const made = spawnSync(process.execPath, [tool, folder, options.minutes], { stdio: 'inherit' });
    if (made.status !== 0) throw new Error('the lecture could not be made: espeak-ng and ffmpeg are needed');
  }
  return path.join(folder, 'lecture.mp4');
}

/** What is said on each slide, a cue for each sentence, at the pace of the voice. */
function writeCaptions(lecture: string): void {
  const truth = z
    .array(z.object({ start: z.number(), frames: z.number(), speech: z.string() }))
    .parse(JSON.parse(readFileSync(path.join(path.dirname(lecture), 'truth.json'), 'utf8')));
  const cues = truth.flatMap(({ start, frames, speech }) => {
    let at = start;
    return speech.split(/(?<=\.)\s+/).flatMap((sentence) => {
      const from = at;
      at += (60 / 140) * sentence.split(' ').length;
      return at > start + frames / 30
        ? []
        : [`${formatTimestamp(from * 1000)} --> ${formatTimestamp(at * 1000)}\n${sentence}\n`];
    });
  });
  writeFileSync(lecture.replace(/\.mp4$/, '.vtt'), `WEBVTT\n\n${cues.join('\n')}`);
}

async function measure(name: string, file: string, seen: ChatUsage[]): Promise<string> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-pipeline-'));
  const config = resolveConfig({
    library: folder,
    models: options.models,
    model: name,
    engine: 'qwen3-vl',
    device: options.device as Config['device'],
    snapshots: path.join(folder, 'snapshots'),
  });
  await using library = await openLibrary(folder);
  await using models = await openModels(config);
  const batch = { ...models.batch, chat: endless(models.batch.chat, seen) } satisfies OpenedModel;
  const engine = new ModelEngine({ ...models, interactive: batch, batch, longDocument: batch });
  seen.length = 0;
  const stages = new Map<string, { firstMs: number; lastMs: number; total: number }>();
  const warnings: string[] = [];
  const card = new CardWatch();
  const startedAt = performance.now();
  const { indexed } = await indexSources(library, config, {
    paths: [file],
    engine,
    signal: new AbortController().signal,
    report(event) {
      const ms = performance.now() - startedAt;
      if (event.type === 'warning') warnings.push(event.message);
      if (event.type === 'source' && event.error) warnings.push(event.error.message);
      if (event.type !== 'progress') return;
      const stage = stages.get(event.stage) ?? { firstMs: ms, lastMs: ms, total: event.total };
      stages.set(event.stage, { ...stage, lastMs: ms, total: event.total });
    },
  });
  const wallSec = (performance.now() - startedAt) / 1000;
  console.error(`${file}: stored after ${wallSec.toFixed(1)} s`);
  const { busy, peakMB } = card.stop();
  for (const warning of warnings.slice(-5)) console.error(warning);
  if (indexed !== 1) throw new Error(`${file} was not indexed`);
  const [source] = await library.listSources();
  const rows = [
    ['whole: file to stored events', wallSec.toFixed(1)],
    ...[...stages].map(([stage, { firstMs, lastMs, total }]) => [
      `${stage}: ${total}, first and last done at`,
      `${(firstMs / 1000).toFixed(1)}, ${(lastMs / 1000).toFixed(1)}`,
    ]),
    ['prompts', String(seen.length)],
    ['prompt tokens, of them reused', `${sum(seen, 'prompt')}, ${sum(seen, 'cached')}`],
    ['tokens written', String(sum(seen, 'completion'))],
    ['events stored', String(source!.numEvents)],
    ['share of the time that the card was busy', busy === undefined ? '-' : `${(100 * busy).toFixed(0)} %`],
    ['memory of the card, peak MB', peakMB === undefined ? '-' : String(peakMB)],
    ['memory of the process, peak MB', (process.resourceUsage().maxRSS / 1024).toFixed(0)],
  ];
  if (source!.kind === 'video') {
    const { frames, slides } = source!.video!;
    rows.push(['frames looked at, distinct slides', `${frames}, ${slides}`], PEER);
  } else rows.push(...(await askTen(engine, library, source!.id, seen)));
  rmSync(folder, { recursive: true, force: true });
  const what =
    source!.kind === 'video' ? `A ${options.minutes}-minute lecture` : `A manual of ${source!.numPages} pages`;
  return printTable(`${what}, ${name} on ${card.name ?? options.device}`, ['what', 'seconds or number'], rows);
}

/** Time to the first word of each answer, and how much of its prompt was there already. */
async function askTen(
  engine: ModelEngine,
  library: Parameters<ModelEngine['answer']>[0],
  sourceId: string,
  seen: ChatUsage[],
): Promise<string[][]> {
  const rows: string[][] = [];
  for (const [i, question] of QUESTIONS.entries()) {
    const startedAt = performance.now();
    let firstMs: number | undefined;
    try {
      await engine.answer(library, {
        question,
        sourceIds: [sourceId],
        onText: () => (firstMs ??= performance.now() - startedAt),
      });
    } catch (error) {
      if (!(error instanceof LecternError)) throw error;
      console.error(error.message);
    }
    const { prompt, cached } = seen.at(-1)!;
    const seconds = firstMs === undefined ? '-' : (firstMs / 1000).toFixed(2);
    rows.push([`question ${i + 1}: first word after`, `${seconds} (${cached} of ${prompt} tokens reused)`]);
    console.error(rows.at(-1)!.join(' '));
  }
  return rows;
}

/** The same model, whose answers never end by themselves, and what they cost. */
function endless(chat: ChatModel, seen: ChatUsage[]): ChatModel {
  async function* stream(request: ChatRequest) {
    const report = yield* chat.stream({
      ...request,
      maxTokens: request.urgency === 'batch' ? WINDOW_TOKENS : ANSWER_TOKENS,
      ignoreEos: true,
    });
    seen.push(report.usage);
    return report;
  }
  return new Proxy(chat, {
    get(target, key) {
      if (key === 'stream') return stream;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function sum(seen: readonly ChatUsage[], part: keyof ChatUsage): number {
  return seen.reduce((total, usage) => total + usage[part], 0);
}

/** What nvidia-smi says ten times a second. */
class CardWatch {
  readonly name: string | undefined;
  readonly #child: ChildProcess | undefined;
  #text = '';

  constructor() {
    const asked = spawnSync('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], { encoding: 'utf8' });
    if (asked.status !== 0) return;
    this.name = asked.stdout.trim();
    const query = ['--query-gpu=utilization.gpu,memory.used', '--format=csv,noheader,nounits', '-lms', '100'];
    this.#child = spawn('nvidia-smi', query, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout!.on('data', (bytes: Buffer) => (this.#text += bytes.toString()));
  }

  /** The mean share of the time in which some kernel ran, and the most memory taken. */
  stop(): { busy?: number; peakMB?: number } {
    this.#child?.kill();
    const samples = this.#text
      .trim()
      .split('\n')
      .map((line) => line.split(', ').map(Number))
      .filter(([busy, memory]) => Number.isFinite(busy) && Number.isFinite(memory));
    if (samples.length === 0) return {};
    const busy = samples.reduce((total, [percent]) => total + percent!, 0) / samples.length / 100;
    return { busy, peakMB: Math.max(...samples.map(([, memory]) => memory!)) };
  }
}

const name = options.model ?? (await randomChatModel(options.models, '2B', 'int4'));
if (name === undefined) console.log('skipped: the shared material is not there');
else {
  const seen: ChatUsage[] = [];
  const tables: string[] = [];
  if (options.only !== 'manual') {
    const lecture = options.lecture ?? makeLecture();
    writeCaptions(lecture);
    tables.push(await measure(name, lecture, seen));
    saveTable(options.name, ...tables);
  }
  if (options.only !== 'lecture') tables.push(await measure(name, options.manual, seen));
  saveTable(options.name, ...tables);
}
