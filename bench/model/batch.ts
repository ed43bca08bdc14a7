// Windows of a lecture through the model in the box, as indexing asks for them: one after another, and several decoded together; and
// whether they are answered alike. `node bench/model/batch.ts [--device cpu|cuda] [--model FOLDER] [--windows N]`
import os from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { probeMedia } from '../../src/ingest/video/probe.ts';
import { sampleFrames } from '../../src/ingest/video/sampled-frames.ts';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { complete, type TimedFrame } from '../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../src/model/chat/local-chat-model.ts';
import { median, printTable, saveTable } from '../table.ts';

const LECTURE = join(import.meta.dirname, '../../data/lectures/gradient-descent.mp4');
const FRAMES = 48;
const FRAME = { width: 448, height: 256 };
const ROUNDS = 3;
const ROWS = [1, 2, 4, 8];

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'cpu' },
    model: { type: 'string', default: join(CARDS_FOLDER, 'lectern-slides-26m') },
    windows: { type: 'string', default: '8' },
    tokens: { type: 'string' },
  },
});
const device = values.device as 'cpu' | 'cuda';
/** Of random weights, which end when they like: so many tokens each. */
const numTokens = values.tokens === undefined ? undefined : Number(values.tokens);
const windows = await readWindows(Number(values.windows));

/** From one load to the next: nothing that one number of rows has seen spares the other anything. */
const runs = new Map<number, { seconds: number[]; texts: string[]; completion: number; prompt: number }>();
for (let round = 0; round < ROUNDS; round++) {
  for (const rows of round % 2 === 0 ? ROWS : ROWS.toReversed()) {
    await using model = await LocalChatModel.open(values.model, { device, rows, prefixBytes: 0, visualBytes: 0 });
    await complete(model, requestFor(windows[0]!.slice(0, 2), 1));
    const startedAt = performance.now();
    const answers = await Promise.all(windows.map((frames) => complete(model, requestFor(frames, numTokens ?? 1024))));
    const run = runs.get(rows) ?? { seconds: [], texts: [], completion: 0, prompt: 0 };
    run.seconds.push((performance.now() - startedAt) / 1000);
    run.texts = answers.map(({ text }) => text);
    run.completion = answers.reduce((sum, { usage }) => sum + usage.completion, 0);
    run.prompt = answers.reduce((sum, { usage }) => sum + usage.prompt, 0);
    runs.set(rows, run);
  }
}

const alone = runs.get(1)!;
const table = [...runs].map(([rows, { seconds, texts, completion, prompt }]) => [
  String(rows),
  median(seconds).toFixed(1),
  seconds.map((one) => one.toFixed(1)).join(' '),
  ((60 * windows.length) / median(seconds)).toFixed(1),
  `${prompt} + ${completion}`,
  `${texts.filter((text, i) => text === alone.texts[i]).length} of ${texts.length}`,
]);
const title = `${windows.length} windows of ${FRAMES} frames on ${device}, ${os.availableParallelism()} cores`;
const header = [
  'rows',
  'seconds, median',
  'rounds',
  'windows a minute',
  'tokens read + written',
  'answers as with one row',
];
saveTable(device === 'cpu' ? 'model-batch' : `model-batch-${device}`, printTable(title, header, table));

function requestFor(frames: readonly TimedFrame[], maxTokens: number) {
  const content = [
    { type: 'frames' as const, frames },
    { type: 'text' as const, text: 'List the events as JSON.' },
  ];
  const ignoreEos = numTokens !== undefined;
  return { messages: [{ role: 'user' as const, content }], maxTokens, ignoreEos, urgency: 'batch' as const };
}

async function readWindows(count: number): Promise<TimedFrame[][]> {
  const probe = await probeMedia(LECTURE);
  const frames: TimedFrame[] = [];
  const taste = { ...FRAME, fps: 1, pixelFormat: 'rgb24' as const, fromSec: 0, toSec: count * FRAMES };
  for await (const { timeSec, data } of sampleFrames(LECTURE, probe, taste)) {
    frames.push({ timeSec, picture: { ...FRAME, data: data.slice() } });
  }
  return Array.from({ length: count }, (_, i) => frames.slice(i * FRAMES, (i + 1) * FRAMES)).filter(
    (window) => window.length > 0,
  );
}
