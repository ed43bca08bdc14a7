// What a model is asked when a coarse time is looked at again: frames around it in, the second at which the thing begins out. An
// answer outside of what was shown is none.
import { z } from 'zod';
import type { ChatMessage, TimedFrame } from '../model/chat/chat-model.ts';

export const MOMENT_SCHEMA = {
  type: 'object',
  properties: { second: { type: 'number', description: 'Second of the recording at which it begins.' } },
  required: ['second'],
  additionalProperties: false,
} as const;

/** Of `{"second": 12.34}`. */
export const MOMENT_TOKENS = 24;

const SYSTEM = 'You are shown frames of a recording with their times. You say at which second something begins.';

/** What is looked for, in words: a query, and the title of what it found. */
export interface Subject {
  readonly query: string;
  readonly title: string;
}

export function momentMessages(frames: readonly TimedFrame[], { query, title }: Subject): ChatMessage[] {
  const [from, to] = [frames[0]!, frames.at(-1)!].map(({ timeSec }) => timeSec.toFixed(2));
  const instruction = `These are frames from second ${from} to second ${to} of a recording. Somebody looks for "${query}", and somewhere here begins "${title}". At which second does it begin? Answer as JSON, {"second": number}, with a number between ${from} and ${to}.`;
  const content = [
    { type: 'frames' as const, frames },
    { type: 'text' as const, text: instruction },
  ];
  return [
    { role: 'system', content: SYSTEM },
    { role: 'user', content },
  ];
}

const answerSchema = z.object({ second: z.number() });

/** The frame shown at the second that was answered; undefined for what is no answer, or lies outside of the frames. */
export function readMoment(text: string, frames: readonly TimedFrame[]): number | undefined {
  const json = /\{[^{}]*\}/.exec(text)?.[0];
  const second = answerSchema.safeParse(parsed(json)).data?.second;
  if (second === undefined || frames.length === 0) return undefined;
  // Times are printed with a decimal or two, so the first and the last frame may be named a little outside.
  if (second < frames[0]!.timeSec - 0.06 || second > frames.at(-1)!.timeSec + 0.06) return undefined;
  const gaps = frames.map(({ timeSec }) => Math.abs(timeSec - second));
  return gaps.indexOf(Math.min(...gaps));
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
