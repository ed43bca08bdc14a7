// What pictures and words cost a model as tokens, asked of the model itself: its own template, tokenizer and picture sizes count.
import type { ChatModel, ChatPart } from '../src/model/chat/chat-model.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { spokenLine, type Timeline } from '../src/windows/timeline.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import type { TokenCosts } from '../src/windows/window-settings.ts';

/** Times of other digits may take other tokens. */
const SPARE_TOKENS = 3;
/** Enough to know how densely a model packs the words of a source. */
const SAMPLE_CHARACTERS = 8000;
/** Some lines are packed less densely than the whole. */
const TEXT_MARGIN = 1.25;

export async function measureCosts(
  chat: ChatModel,
  frame: Size,
  timeline: Timeline,
  { system, instruction }: WindowText,
): Promise<TokenCosts> {
  const count = (parts: readonly ChatPart[]) =>
    chat.countTokens({
      messages: [
        ...(system ? [{ role: 'system' as const, content: system }] : []),
        { role: 'user', content: [...parts, { type: 'text', text: instruction }] },
      ],
    });
  const fixed = await count([]);
  // Pixels are not looked at to count.
  const picture = { ...frame, data: new Uint8Array(frame.width * frame.height * 3) };
  const lastSec = Math.max(1, Math.ceil(timeline.span.endMs / 1000));
  const longest = Number('8'.repeat(String(lastSec).length)) + 0.8;
  const pair = [longest, longest + 0.1].map((timeSec) => ({ timeSec, picture }));
  const withPair = await count([{ type: 'frames', frames: pair }]);
  const sample = sampleOf(timeline);
  const perByte =
    sample === '' ? 1 : ((await count([{ type: 'text', text: sample }])) - fixed) / Buffer.byteLength(sample);
  return {
    picture: withPair - fixed + SPARE_TOKENS,
    text: (text) => (text === '' ? 0 : Math.ceil(Buffer.byteLength(text) * perByte * TEXT_MARGIN) + SPARE_TOKENS),
    fixed: fixed + SPARE_TOKENS,
  };
}

function sampleOf({ spoken, shown }: Timeline): string {
  let sample = '';
  for (const one of spoken) {
    if (sample.length > SAMPLE_CHARACTERS / 2) break;
    sample += spokenLine(one);
  }
  for (const { text } of shown) {
    if (sample.length > SAMPLE_CHARACTERS) break;
    sample += `${text}\n`;
  }
  return sample;
}
