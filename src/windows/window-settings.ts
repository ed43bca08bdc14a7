// What windows are cut for: a model's taste in pictures, what a token budget allows, and what things cost. A model that was trained
// on one phrasing says so in its card, and the card wins.
import type { EventsTaste } from '../model/cards.ts';

/** Where pictures come from: every sampled frame, or one still for each distinct slide; nothing where there is no picture. */
export type WindowPictures = 'sampled' | 'slides' | 'none';

export interface TokenCosts {
  /** One picture or one pair of frames with its time. */
  readonly picture: number;
  /** Never less than the truth. */
  text(text: string): number;
  /** Instruction, system text and what the template adds. */
  readonly fixed: number;
}

export interface WindowSettings {
  readonly pictures: WindowPictures;
  /** Frames a second, where all are shown. */
  readonly fps: number;
  /** Pictures of one window. */
  readonly maxPictures: number;
  readonly maxMs: number;
  /** Prompt of one window, all included; the answer's room is left by the caller. */
  readonly budgetTokens: number;
  /** Speech and slide text stand in the window. */
  readonly readsText: boolean;
  readonly costs: TokenCosts;
}

export interface EventModel {
  /** Prompt and answer together. */
  readonly contextTokens: number;
  readonly answerTokens: number;
  /** From its card. */
  readonly taste?: EventsTaste | undefined;
  readonly costs: TokenCosts;
}

/** Longer windows make a model skip what happens in the middle of them. */
const MAX_WINDOW_MS = 10 * 60_000;
/** As many stills as a talk of one slide every four seconds has in that time. */
const MAX_STILLS = 150;

/** A title and two times every other second. */
const SHORT_ANSWER_TOKENS = 1024;
/** Thirty events with summaries and quotes. */
const LONG_ANSWER_TOKENS = 4096;
/** Longer prompts make a model overlook what stands in their middle. */
export const WINDOW_TOKENS = 32_768;
/** Shorter windows tell nothing; where not even these fit into memory, the model is refused with the numbers. */
const MIN_WINDOW_TOKENS = 8192;

/**
 * What one window may take, prompt and answer together, and its answer alone: of a model that takes `contextTokens`, of which
 * `inMemory` fit beside its weights.
 */
export function windowRoom(contextTokens: number, inMemory: number, taste: EventsTaste | undefined) {
  const tokens = Math.min(contextTokens, Math.max(inMemory, MIN_WINDOW_TOKENS), WINDOW_TOKENS);
  const answerTokens = Math.min(taste ? SHORT_ANSWER_TOKENS : LONG_ANSWER_TOKENS, Math.floor(tokens / 4));
  return { contextTokens: tokens, answerTokens };
}

/** Slides decide the cost: a model that reads text is shown one still for each slide and state, not every second of it. */
export function windowSettings(model: EventModel, hasSlides: boolean): WindowSettings {
  const { taste, costs } = model;
  const budgetTokens = model.contextTokens - model.answerTokens;
  if (taste) {
    return {
      pictures: 'sampled',
      fps: taste.fps,
      maxPictures: taste.maxFrames,
      maxMs: (taste.maxFrames / taste.fps) * 1000,
      budgetTokens,
      readsText: taste.readsText,
      costs,
    };
  }
  const pictures = hasSlides ? 'slides' : 'none';
  return { pictures, fps: 1, maxPictures: MAX_STILLS, maxMs: MAX_WINDOW_MS, budgetTokens, readsText: true, costs };
}
