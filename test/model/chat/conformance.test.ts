// The reference checkpoints through everything, from messages with raw pictures to greedy tokens: no tensor of the reference
// but its pixels and its answer.
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { complete, type ChatPart } from '../../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../../src/model/chat/local-chat-model.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import {
  FOLDERS,
  hasShared,
  readCases,
  readReference,
  referenceImages,
  referenceVideos,
  type ConformanceCase,
} from '../qwen3-vl/conformance.ts';

const HEAD = '<|im_start|>user\n';
const TAIL = '<|im_end|>\n<|im_start|>assistant\n';
const PLACEHOLDER = /(<\|vision_start\|><\|image_pad\|><\|vision_end\|>|<\|video_pad\|>)/;

/** The recorded prompt, taken apart into what a caller would have given. */
async function partsOf(model: string, { name, text, indices, videos }: ConformanceCase): Promise<ChatPart[]> {
  expect(text.startsWith(HEAD) && text.endsWith(TAIL)).toBe(true);
  const tensors = await readReference(model, name);
  const images = referenceImages(tensors);
  const clips = referenceVideos(tensors);
  return text
    .slice(HEAD.length, -TAIL.length)
    .split(PLACEHOLDER)
    .filter((piece) => piece !== '')
    .map((piece): ChatPart => {
      if (piece.includes('image_pad')) return { type: 'image', picture: images.shift()! };
      if (!piece.includes('video_pad')) return { type: 'text', text: piece };
      const clip = videos!.length - clips.length;
      const fps = videos![clip]![3];
      const frames = clips.shift()!.map((picture, i) => ({ timeSec: indices![clip]![i]! / fps, picture }));
      return { type: 'frames', frames };
    });
}

describe.skipIf(!hasShared)('messages to greedy tokens, in float32', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  afterAll(() => rm(scratch, { recursive: true }));

  it.each(FOLDERS)('$model, $layout: every case as the reference answers it', async ({ model, layout, folder }) => {
    const target = join(scratch, `${model}-${layout}`);
    await addModel(folder, target, 'fp32');
    await using chat = await LocalChatModel.open(target, { device: 'cpu', threads: 1 });
    for (const item of readCases(model).cases) {
      const messages = [{ role: 'user' as const, content: await partsOf(model, item) }];
      expect(await chat.countTokens({ messages }), item.name).toBe(item.prompt_tokens);
      const { tokenIds } = await complete(chat, { messages, maxTokens: item.greedy.length, ignoreEos: true });
      expect(tokenIds, item.name).toEqual(item.greedy);
    }
  });
});
