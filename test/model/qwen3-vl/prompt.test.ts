import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelConfig } from '../../../src/model/qwen3-vl/read-config.ts';
import { preprocessImage } from '../../../src/model/qwen3-vl/preprocessing.ts';
import { readProcessorConfig } from '../../../src/model/qwen3-vl/processor-config.ts';
import { buildPrompt, type PromptMedia, type PromptOptions } from '../../../src/model/qwen3-vl/prompt.ts';
import { readTokenizer } from '../../../src/model/qwen3-vl/tokenizer.ts';
import { clipGroups } from './clip-groups.ts';
import {
  CONFORMANCE,
  FOLDERS,
  hasShared,
  numbersOf,
  readCases,
  readReference,
  referenceImages,
  referenceVideos,
  type ReferenceTensor,
} from './conformance.ts';

async function loadParts(folder: string) {
  const [config, processor, tokenizer] = await Promise.all([
    readModelConfig(folder),
    readProcessorConfig(folder),
    readTokenizer(folder),
  ]);
  const prompt = (text: string, media: PromptMedia, options?: PromptOptions) =>
    buildPrompt(text, media, tokenizer, config, options);
  return { config, processor, tokenizer, prompt };
}

async function referenceMedia(
  reference: ReadonlyMap<string, ReferenceTensor>,
  frameTimes: readonly number[][],
  processor: Awaited<ReturnType<typeof readProcessorConfig>>,
): Promise<PromptMedia> {
  return {
    images: referenceImages(reference).map((image) => preprocessImage(image, processor)),
    videos: await Promise.all(
      referenceVideos(reference).map(async (frames, k) => ({
        groups: await clipGroups(frames, processor),
        frameTimes: frameTimes[k]!,
      })),
    ),
  };
}

describe.skipIf(!hasShared)('buildPrompt on the conformance cases', () => {
  const cases = hasShared
    ? FOLDERS.flatMap((entry) => readCases(entry.model).cases.map((item) => ({ ...entry, name: item.name, item })))
    : [];
  it.each(cases)(
    '$name of $model/$layout: ids, types, positions, delta and times equal',
    async ({ model, name, folder, item }) => {
      const { processor, tokenizer, prompt } = await loadParts(folder);
      const reference = await readReference(model, name);
      const times = (item.videos ?? []).map(([, , , fps], k) => item.indices![k]!.map((index) => index / fps));
      const built = prompt(item.text, await referenceMedia(reference, times, processor));
      expect([...built.tokenIds]).toEqual(numbersOf(reference, 'input_ids'));
      expect([...built.positions]).toEqual(numbersOf(reference, 'position_ids'));
      expect([built.nextPosition - built.tokenIds.length]).toEqual(numbersOf(reference, 'rope_delta'));
      expect([...built.tokenTypes]).toEqual(
        numbersOf(reference, 'mm_token_type_ids') ?? [...new Uint8Array(built.tokenIds.length)],
      );
      expect(built.tokenIds.length).toBe(item.prompt_tokens);
      if (item.rendered !== null) {
        // The recorded text has fewer image pads than the recorded ids have; runs of pads are compared by the ids above.
        const collapse = (text: string) => text.replace(/(<\|(?:image|video)_pad\|>)+/g, '$1');
        const text = tokenizer.decode(built.tokenIds, { keepSpecial: true });
        expect(collapse(text)).toBe(collapse(item.rendered));
      }
    },
  );
});

describe.skipIf(!hasShared)('buildPrompt', () => {
  const pixels = (value: number, width = 64, height = 64) => ({
    width,
    height,
    data: new Uint8Array(width * height * 3).fill(value),
  });

  it('replaces the whole triple of a template in the canonical layout, and only the pad in the nested one', async () => {
    const { processor, tokenizer, prompt } = await loadParts(join(CONFORMANCE, 'dense/model'));
    const groups = await clipGroups([pixels(1), pixels(2)], processor);
    const media = { images: [], videos: [{ groups, frameTimes: [0, 0.5] }] };
    const pads = '<|video_pad|>'.repeat(groups[0]!.numTokens);
    const text = 'a<|vision_start|><|video_pad|><|vision_end|>b';
    const show = (options?: PromptOptions) =>
      tokenizer.decode(prompt(text, media, options).tokenIds, { keepSpecial: true });
    expect(show()).toBe(`a<0.2 seconds><|vision_start|>${pads}<|vision_end|>b`);
    expect(show({ layout: 'nested' })).toBe(
      `a<|vision_start|><0.2 seconds><|vision_start|>${pads}<|vision_end|><|vision_end|>b`,
    );
  });

  it('places every group on its pads, with its pixels, and continues positions from a given one', async () => {
    const { config, processor, prompt } = await loadParts(join(CONFORMANCE, 'dense/model'));
    const images = [preprocessImage(pixels(1), processor), preprocessImage(pixels(2, 128, 64), processor)];
    const groups = await clipGroups([pixels(3), pixels(4), pixels(5)], processor);
    const text = 'x<|image_pad|>y<|video_pad|>z<|image_pad|>';
    const media = { images, videos: [{ groups, frameTimes: [1, 2, 3] }] };
    const built = prompt(text, media);
    expect(built.groups.map((group) => group.kind)).toEqual(['image', 'video', 'video', 'image']);
    expect(built.groups.map((group) => group.pixelHash)).toEqual([
      images[0]!.pixelHash,
      groups[0]!.pixelHash,
      groups[1]!.pixelHash,
      images[1]!.pixelHash,
    ]);
    for (const { start, length, kind } of built.groups) {
      const pad = kind === 'image' ? config.imageTokenId : config.videoTokenId;
      expect(new Set(built.tokenIds.subarray(start, start + length))).toEqual(new Set([pad]));
    }
    const later = prompt(text, media, { firstPosition: 40 });
    expect(later.positions).toEqual(built.positions.map((position) => position + 40));
    expect(later.nextPosition).toBe(built.nextPosition + 40);
  });

  it.each([
    ['<|image_pad|>', 0, 0],
    ['nothing', 1, 0],
    ['<|video_pad|>', 0, 0],
    ['nothing', 0, 1],
  ])('refuses %j with %d images and %d videos', async (text, numImages, numVideos) => {
    const { processor, prompt } = await loadParts(join(CONFORMANCE, 'dense/model'));
    const images = Array.from({ length: numImages }, () => preprocessImage(pixels(1), processor));
    const groups = await clipGroups([pixels(1), pixels(1)], processor);
    const videos = Array.from({ length: numVideos }, () => ({ groups, frameTimes: [0, 1] }));
    expect(() => prompt(text, { images, videos })).toThrow(expect.objectContaining({ code: 'PROMPT_MEDIA' }));
  });

  it('reads a marked <|image_pad|> as text: it needs no picture', async () => {
    const { config, tokenizer, prompt } = await loadParts(join(CONFORMANCE, 'dense/model'));
    const built = prompt(tokenizer.markLiteral('see <|image_pad|> and <|video_pad|>'), { images: [], videos: [] });
    expect(built.tokenIds).not.toContain(config.imageTokenId);
    expect(tokenizer.decode(built.tokenIds)).toBe('see <|image_pad|> and <|video_pad|>');
  });
});
