// The trained checkpoint through everything: template, tokenizer, pixels, times, positions, vision, DeepStack, decoder. Its
// answers name seconds and titles, so an error of one second or one frame group shows in the text.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CARDS_FOLDER } from '../../src/model/cards.ts';
import { Runtime } from '../../src/model/engine/runtime.ts';
import { addModel } from '../../src/model/qwen3-vl/add-model.ts';
import { readChatTemplate, type ChatTemplate } from '../../src/model/qwen3-vl/chat-template.ts';
import { openModelFolder } from '../../src/model/qwen3-vl/graphs/model-folder.ts';
import { preprocessImage, preprocessVideo } from '../../src/model/qwen3-vl/preprocessing.ts';
import { readProcessorConfig, type ProcessorConfig } from '../../src/model/qwen3-vl/processor-config.ts';
import {
  buildPrompt,
  type EncodedPrompt,
  type PromptMedia,
  type PromptVideo,
} from '../../src/model/qwen3-vl/prompt.ts';
import type { RgbImage } from '../../src/model/qwen3-vl/resize.ts';
import { readTokenizer, type Tokenizer } from '../../src/model/qwen3-vl/tokenizer.ts';
import { hasShared, SHARED } from './qwen3-vl/conformance.ts';

const SOURCE = join(SHARED, 'models/lectern-slides-26m');
const SHIPPED = join(CARDS_FOLDER, 'lectern-slides-26m');

interface TrainedCase {
  readonly name: string;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly expected: string;
  readonly tokens: readonly number[];
  /** A video, or else one image. */
  readonly frames?: readonly { readonly path: string; readonly time: number }[];
  readonly image?: string;
}

/** A clip of 48 frames takes a minute where two cores are shared. */
const PATIENCE_MS = 600_000;

const cases = hasShared ? (JSON.parse(readFileSync(join(SOURCE, 'cases/cases.json'), 'utf8')) as TrainedCase[]) : [];

/** A model folder with all that stands before the engine. */
class Reader implements Disposable {
  readonly tokenizer: Tokenizer;
  readonly #runtime: Runtime;
  readonly #processor: ProcessorConfig;
  readonly #template: ChatTemplate;

  private constructor(runtime: Runtime, tokenizer: Tokenizer, processor: ProcessorConfig, template: ChatTemplate) {
    this.#runtime = runtime;
    this.tokenizer = tokenizer;
    this.#processor = processor;
    this.#template = template;
  }

  static async load(folder: string): Promise<Reader> {
    const [tokenizer, processor, template] = await Promise.all([
      readTokenizer(folder),
      readProcessorConfig(folder),
      readChatTemplate(folder),
    ]);
    return new Reader(await Runtime.load(folder, { device: 'cpu', threads: 2 }), tokenizer, processor, template);
  }

  async media({ frames, image }: TrainedCase): Promise<PromptMedia> {
    const read = (path: string) => readRgb(join(SOURCE, 'cases', path));
    if (image !== undefined) return { images: [preprocessImage(await read(image), this.#processor)], videos: [] };
    const pictures = await Promise.all(frames!.map(({ path }) => read(path)));
    const groups = preprocessVideo(pictures, this.#processor);
    return { images: [], videos: [{ groups, frameTimes: frames!.map(({ time }) => time) }] };
  }

  prompt(media: PromptMedia, question: string): EncodedPrompt {
    const type = media.images.length > 0 ? ('image' as const) : ('video' as const);
    const content = [{ type }, { type: 'text' as const, text: question }];
    const text = this.#template.render([{ role: 'user', content }], this.tokenizer);
    return buildPrompt(text, media, this.tokenizer, this.#runtime.config);
  }

  async answer(prompt: EncodedPrompt): Promise<number[]> {
    const groups = prompt.groups.map((group) => ({
      ...group,
      encode: (signal?: AbortSignal) => this.#runtime.vision.encode(group.pixelValues(), group.grid, signal),
    }));
    const ids: number[] = [];
    const { eosTokenIds: stopTokenIds } = this.#runtime.config;
    for await (const id of this.#runtime.generate({ ...prompt, groups }, { maxTokens: 400, stopTokenIds }))
      ids.push(id);
    return ids;
  }

  [Symbol.dispose](): void {
    this.#runtime[Symbol.dispose]();
  }
}

async function readRgb(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

describe.skipIf(!hasShared)('lectern-slides-26m in float32', () => {
  let folder: string;
  let reader: Reader;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
    await addModel(SOURCE, join(folder, 'model'), 'fp32');
    reader = await Reader.load(join(folder, 'model'));
  });
  afterAll(async () => {
    reader[Symbol.dispose]();
    await rm(folder, { recursive: true });
  });

  it('has 14 cases', () => expect(cases.length).toBe(14));

  it.each(cases)(
    'answers case $name with the tokens of the reference',
    async (item) => {
      const prompt = reader.prompt(await reader.media(item), item.prompt);
      expect(prompt.tokenIds.length).toBe(item.promptTokens);
      const ids = await reader.answer(prompt);
      expect(reader.tokenizer.decode(ids)).toBe(item.expected);
      expect(ids).toEqual(item.tokens);
    },
    PATIENCE_MS,
  );

  it('says other seconds when the times are one second later, and other titles when the pictures change places', async () => {
    const item = cases[0]!;
    const { groups, frameTimes } = (await reader.media(item)).videos[0]!;
    const one = (video: PromptVideo) => reader.prompt({ images: [], videos: [video] }, item.prompt);
    const later = { groups, frameTimes: frameTimes.map((time) => time + 1) };
    const shifted = reader.tokenizer.decode(await reader.answer(one(later)));
    expect(shifted).not.toBe(item.expected);
    expect(shifted).toContain('"start":234.0,"end":235.0');
    const turned = { groups: [...groups.slice(1), groups[0]!], frameTimes };
    const moved = reader.tokenizer.decode(await reader.answer(one(turned)));
    expect(moved).not.toBe(item.expected);
  });
});

describe('the model in the box', () => {
  it('opens, and is an int4 model of 23 MB', async () => {
    const model = await openModelFolder(SHIPPED);
    expect(model.format).toBe('int4');
    const end = Math.max(...[...model.weights.values()].map(({ offset, byteLength }) => offset + byteLength));
    expect(end).toBe(23_033_344);
  });

  it.skipIf(!hasShared)('holds what a conversion of its checkpoint gives today', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
    const converted = await addModel(SOURCE, join(folder, 'model'), 'int4');
    expect((await openModelFolder(SHIPPED)).weightsSha256).toBe(converted.weightsSha256);
    await rm(folder, { recursive: true });
  });

  it.skipIf(!hasShared)(
    'answers 13 of the 14 cases with the text of the reference in float32; case 06 adds an event of no length',
    async () => {
      using reader = await Reader.load(SHIPPED);
      const differing: string[] = [];
      for (const item of cases) {
        const ids = await reader.answer(reader.prompt(await reader.media(item), item.prompt));
        if (reader.tokenizer.decode(ids) !== item.expected) differing.push(item.name);
      }
      expect(differing).toEqual(['06']);
    },
    PATIENCE_MS,
  );
});
