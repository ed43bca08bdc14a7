// What a model will be shown of one source, before it is shown anything: its line of time, how windows are cut for this model, and
// the words of each. Indexing and --plan both begin here.
import { secToMs, type Span } from '../src/time.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { eventRequest } from '../src/windows/event-request.ts';
import { planWindows, type PlannedWindow } from '../src/windows/plan-windows.ts';
import { timelineOf, type Timeline } from '../src/windows/timeline.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import { windowSettings, type WindowSettings } from '../src/windows/window-settings.ts';
import type { SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { measureCosts, timelineSample } from './window-costs.ts';

export interface SourcePlan {
  readonly timeline: Timeline;
  readonly settings: WindowSettings;
  readonly windows: readonly PlannedWindow[];
  /** Prompts of all windows, at most. */
  readonly numTokens: number;
  /** Longest answer to one window. */
  readonly answerTokens: number;
  /** Of every picture. */
  readonly frame: Size;
  readonly textOf: (window: Span) => WindowText;
}

/** A title and two times every other second. */
const SHORT_ANSWER_TOKENS = 1024;
/** Thirty events with summaries and quotes. */
const LONG_ANSWER_TOKENS = 4096;
/** Longer prompts make a model overlook what stands in their middle. */
export const WINDOW_TOKENS = 32_768;
/** Shorter windows tell nothing; where not even these fit into memory, the model is refused with the numbers. */
const MIN_WINDOW_TOKENS = 8192;
/** Longer side of a still: body text of a slide is readable, and 16:9 costs about 600 tokens. */
const STILL_SIDE = 1024;
/** Pixels of a picture that one token stands for, along a side. */
const TOKEN_SIDE = 32;

/** Throws WindowBudgetError where not even the shortest window fits. */
export async function planSource(material: SourceMaterial, model: OpenedModel): Promise<SourcePlan> {
  const { chat, taste } = model;
  const { slides, slideTexts, captions, clip } = material;
  const timeline = timelineOf({ span: spanOf(material), slides, slideTexts, captions });
  const textOf = (window: Span): WindowText => taste ?? eventRequest(window);
  const frame = taste?.frame ?? stillSize(clip?.probe.video ?? { width: STILL_SIDE, height: STILL_SIDE });
  const costs = await measureCosts(chat, timelineSample(timeline, frame), textOf(timeline.span));
  const { contextTokens, answerTokens } = windowRoom(model);
  const settings = windowSettings({ contextTokens, answerTokens, taste, costs }, slides.length > 0);
  const { windows, numTokens } = planWindows(timeline, settings);
  return { timeline, settings, windows, numTokens, answerTokens, frame, textOf };
}

/** What one window may take, prompt and answer together, and its answer alone. */
export function windowRoom({ chat, taste, contextTokens: inMemory }: OpenedModel) {
  const contextTokens = Math.min(chat.contextTokens, Math.max(inMemory, MIN_WINDOW_TOKENS), WINDOW_TOKENS);
  const answerTokens = Math.min(taste ? SHORT_ANSWER_TOKENS : LONG_ANSWER_TOKENS, Math.floor(contextTokens / 4));
  return { contextTokens, answerTokens };
}

/** Absolute times of the source; a transcript begins with its first word. */
function spanOf({ clip, captions, durationMs }: SourceMaterial): Span {
  if (clip) return { startMs: secToMs(clip.probe.startSec), endMs: secToMs(clip.probe.endSec) };
  const startMs = captions?.cues[0]?.startMs ?? 0;
  return { startMs, endMs: Math.max(durationMs ?? 0, captions?.cues.at(-1)?.endMs ?? 0) };
}

function stillSize({ width, height }: Size): Size {
  const scale = Math.min(1, STILL_SIDE / Math.max(width, height));
  const whole = (side: number) => Math.max(1, Math.round((side * scale) / TOKEN_SIDE)) * TOKEN_SIDE;
  return { width: whole(width), height: whole(height) };
}
