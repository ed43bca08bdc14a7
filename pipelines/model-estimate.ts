// What a model would cost on one source, from its length and captions alone: windows, tokens, bytes, seconds. What can't fit is
// refused here with the numbers, before anything is decoded.
import type { Library } from '../src/store/library.ts';
import { LocalChatModel } from '../src/model/chat/local-chat-model.ts';
import { availableMemory, memoryNeeds, OutOfMemoryError, type MemoryNeeds } from '../src/model/memory.ts';
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import type { SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { readModelRate } from './rates.ts';
import { planSource, type SourcePlan } from './window-plan.ts';

export interface EngineEstimate {
  readonly windows: number;
  /** Prompts of all windows, at most. */
  readonly promptTokens: number;
  /** Prompt and answer of the largest window, of `contextTokens` that the model can take. */
  readonly windowTokens: number;
  readonly contextTokens: number;
  /** Null for a server's model: only the server knows. */
  readonly weightBytes: number | null;
  /** Keys and values of the largest window. */
  readonly kvBytes: number | null;
  readonly estimatedSec: number;
  /** `measured`: from this model's earlier work in this library. */
  readonly rate: 'measured' | 'default';
  /** Slides are known where the source was indexed before; otherwise two a minute are assumed for models that see slides only. */
  readonly slides: 'known' | 'assumed';
}

/** Prompt tokens in a second on two cores of 2024, answers included, for each gigabyte of weights. */
const CPU_TOKENS_PER_GB_SEC = 15;
/** On a card, or behind a server. */
const GPU_TOKENS_PER_SEC = 5000;
const ASSUMED_SLIDE_MS = 30_000;
const ASSUMED_SLIDE_TEXT = 'word '.repeat(50);
/** Side of a patch in pixels, and patches for one token. */
const PATCH_SIDE = 16;
const PATCHES_PER_TOKEN = 4;

/** Throws OutOfMemoryError and WindowBudgetError. */
export async function estimateModel(
  material: SourceMaterial,
  model: OpenedModel,
  library: Library,
): Promise<EngineEstimate> {
  const isKnown = material.slides.length > 0 || !material.clip || model.taste?.readsText === false;
  const plan = await planSource(isKnown ? material : { ...material, ...assumedSlides(material) }, model);
  const device = model.chat instanceof LocalChatModel ? (await model.chat.chooseDevice()).device : undefined;
  const needs = needsOf(plan, model);
  if (needs && device === 'cpu') refuseTooLarge(plan, model, needs);
  const weightBytes = model.installed?.bytes ?? null;
  const assumedRate =
    device === 'cpu' && weightBytes !== null ? CPU_TOKENS_PER_GB_SEC / (weightBytes / 1e9) : GPU_TOKENS_PER_SEC;
  const measured = await readModelRate(library, model.chat.name);
  return {
    windows: plan.windows.length,
    promptTokens: plan.numTokens,
    windowTokens: largestOf(plan) + plan.answerTokens,
    contextTokens: model.chat.contextTokens,
    weightBytes,
    kvBytes: needs?.cache ?? null,
    estimatedSec: plan.numTokens / (measured ?? assumedRate),
    rate: measured === undefined ? 'default' : 'measured',
    slides: isKnown ? 'known' : 'assumed',
  };
}

function largestOf({ windows }: SourcePlan): number {
  return Math.max(0, ...windows.map(({ numTokens }) => numTokens));
}

function needsOf(plan: SourcePlan, { installed }: OpenedModel): MemoryNeeds | undefined {
  if (!installed) return undefined;
  const { width, height } = plan.frame;
  const largestPatches = Math.ceil(width / PATCH_SIDE) * Math.ceil(height / PATCH_SIDE);
  const pictures = Math.max(0, ...plan.windows.map(({ numPictures }) => numPictures));
  const groups = plan.settings.pictures === 'sampled' ? Math.ceil(pictures / 2) : pictures;
  return memoryNeeds(installed.model, {
    promptTokens: largestOf(plan),
    maxTokens: plan.answerTokens,
    visualTokens: (groups * largestPatches) / PATCHES_PER_TOKEN,
    largestPatches,
  });
}

function refuseTooLarge(plan: SourcePlan, { chat }: OpenedModel, needs: MemoryNeeds): void {
  const free = availableMemory();
  if (needs.weights + needs.cache + needs.activations <= free) return;
  throw new OutOfMemoryError(chat.name, needs, largestOf(plan) + plan.answerTokens, free);
}

function assumedSlides({ clip }: SourceMaterial): { slides: SlideState[]; slideTexts: SlideText[] } {
  const [startMs, endMs] = [clip!.probe.startSec * 1000, clip!.probe.endSec * 1000];
  const slides: SlideState[] = [];
  for (let at = startMs; at < endMs; at += ASSUMED_SLIDE_MS) {
    const span = { startMs: Math.round(at), endMs: Math.round(Math.min(endMs, at + ASSUMED_SLIDE_MS)) };
    slides.push({ slideIndex: slides.length, stateIndex: 0, spans: [span], stillMs: span.startMs });
  }
  const words = { title: '', text: ASSUMED_SLIDE_TEXT, confidence: 0 };
  return { slides, slideTexts: slides.map(({ slideIndex }) => ({ slideIndex, stateIndex: 0, ...words })) };
}
