// The reference checkpoints through everything, from messages with raw pictures to greedy tokens: no tensor of the reference
// but its pixels and its answer.
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { complete } from '../../../src/model/chat/chat-model.ts';
import { LocalChatModel } from '../../../src/model/chat/local-chat-model.ts';
import { addModel } from '../../../src/model/qwen3-vl/add-model.ts';
import {
  FOLDERS,
  hasShared,
  readCases,
  readReference,
  referenceClips,
  referenceParts,
} from '../qwen3-vl/conformance.ts';

describe.skipIf(!hasShared)('messages to greedy tokens, in float32', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'lectern-test-'));
  afterAll(() => rm(scratch, { recursive: true }));

  it.each(FOLDERS)('$model, $layout: every case as the reference answers it', async ({ model, layout, folder }) => {
    const target = join(scratch, `${model}-${layout}`);
    await addModel(folder, target, 'fp32');
    await using chat = await LocalChatModel.open(target, { device: 'cpu', threads: 1 });
    for (const item of readCases(model).cases) {
      const tensors = await readReference(model, item.name);
      const content = referenceParts(tensors, item, referenceClips(tensors, item));
      const messages = [{ role: 'user' as const, content }];
      expect(await chat.countTokens({ messages }), item.name).toBe(item.prompt_tokens);
      const { tokenIds } = await complete(chat, { messages, maxTokens: item.greedy.length, ignoreEos: true });
      expect(tokenIds, item.name).toEqual(item.greedy);
    }
  });
});
