// What pictures and words cost a model as tokens, asked of the model itself: its own template, tokenizer and picture sizes count.
import type { ChatModel, ChatPart, Picture } from '../src/model/chat/chat-model.ts';
import { userMessages } from '../src/model/chat/messages.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { spokenLine, type Timeline } from '../src/windows/timeline.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import type { TokenCosts } from '../src/windows/window-settings.ts';

/** Times of other digits may take other tokens. */
const SPARE_TOKENS = 3;
/** Enough to know how densely a model packs the words of a source. */
const SAMPLE_CHARACTERS = 8000;
/** Slides that come on later are no part of it: a model need not wait for them. */
const SAMPLE_MS = 5 * 60_000;
/** Some lines are packed less densely than the whole. */
const TEXT_MARGIN = 1.25;

export interface CostSample {
  /** One picture, as a window shows it. */
  readonly picture: ChatPart | undefined;
  /** Some of the source's own words. */
  readonly text: string;
}

export async function measureCosts(
  chat: ChatModel,
  sample: CostSample,
  { system, instruction }: WindowText,
): Promise<TokenCosts> {
  const count = (parts: readonly ChatPart[]) =>
    chat.countTokens({ messages: userMessages(system, [...parts, { type: 'text', text: instruction }]) });
  const fixed = await count([]);
  const withPicture = sample.picture === undefined ? fixed : await count([sample.picture]);
  const text = sample.text.slice(0, SAMPLE_CHARACTERS);
  const perByte = text === '' ? 1 : ((await count([{ type: 'text', text }])) - fixed) / Buffer.byteLength(text);
  return {
    picture: withPicture - fixed + SPARE_TOKENS,
    text: (text) => (text === '' ? 0 : Math.ceil(Buffer.byteLength(text) * perByte * TEXT_MARGIN) + SPARE_TOKENS),
    fixed: fixed + SPARE_TOKENS,
  };
}

/** Pixels are not looked at to count. */
export function blankPicture({ width, height }: Size): Picture {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** A pair of frames at the longest times that the timeline has, and its first words. */
export function timelineSample(timeline: Timeline, frame: Size): CostSample {
  const picture = blankPicture(frame);
  const lastSec = Math.max(1, Math.ceil(timeline.span.endMs / 1000));
  const longest = Number('8'.repeat(String(lastSec).length)) + 0.8;
  const frames = [longest, longest + 0.1].map((timeSec) => ({ timeSec, picture }));
  return { picture: { type: 'frames', frames }, text: wordsOf(timeline) };
}

/** Whether slides that come on from a moment on would change nothing about the sample. */
export function isSampleFull(timeline: Timeline, untilMs: number): boolean {
  return untilMs >= timeline.span.startMs + SAMPLE_MS || wordsOf(timeline).length > SAMPLE_CHARACTERS;
}

function wordsOf({ span, spoken, shown }: Timeline): string {
  let sample = '';
  for (const one of spoken) {
    if (sample.length > SAMPLE_CHARACTERS / 2) break;
    sample += spokenLine(one);
  }
  for (const { text, startMs } of shown) {
    if (sample.length > SAMPLE_CHARACTERS || startMs >= span.startMs + SAMPLE_MS) break;
    sample += `${text}\n`;
  }
  return sample;
}
