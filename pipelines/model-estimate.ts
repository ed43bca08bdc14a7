// What a model would cost on one source, from its length and captions alone: windows, tokens, bytes, seconds. What can't fit is
// refused here with the numbers, before anything is decoded.
import type { Library } from '../src/store/library.ts';
import { LocalChatModel } from '../src/model/chat/local-chat-model.ts';
import { FORESEEN_SHARE } from '../src/model/chat/prefix-keeper.ts';
import { snapshotBytes, storageOf } from '../src/model/engine/snapshot-file.ts';
import { ASSUMED_BYTES_PER_SECOND } from '../src/model/engine/snapshot-store.ts';
import { availableMemory } from '../src/model/machine-memory.ts';
import { memoryNeeds, OutOfMemoryError, totalBytes, type MemoryNeeds } from '../src/model/memory.ts';
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import type { EngineEstimate, SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { readModelRate } from './rates.ts';
import { planDocument, type DocumentPlan } from './page-plan.ts';
import { planSource, type SourcePlan } from './window-plan.ts';

/** What a model is to do, whatever its windows are made of. */
interface Work {
  readonly windows: readonly { readonly numTokens: number; readonly groups: number }[];
  readonly numTokens: number;
  readonly answerTokens: number;
  readonly frame: Size;
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
  const plan =
    material.kind === 'document'
      ? pageWork(await planDocument(material, model))
      : timedWork(await planSource(isKnown ? material : { ...material, ...assumedSlides(material) }, model));
  const device = await deviceOf(model);
  const needs = needsOf(plan, model);
  if (needs && device === 'cpu') refuseTooLarge(plan, model, needs);
  const weightBytes = model.installed?.bytes ?? null;
  const { tokensPerSec, isMeasured } = await modelRate(model, library);
  return {
    name: model.chat.name,
    windows: plan.windows.length,
    promptTokens: plan.numTokens,
    windowTokens: largestOf(plan) + plan.answerTokens,
    contextTokens: model.chat.contextTokens,
    weightBytes,
    kvBytes: needs?.cache ?? null,
    kept: keptOf(plan.numTokens, tokensPerSec, device, model),
    estimatedSec: plan.numTokens / tokensPerSec,
    rate: isMeasured ? 'measured' : 'default',
    slides: isKnown ? 'known' : 'assumed',
  };
}

/** Prompt tokens that the model reads in a second, answers included: as measured in this library, or assumed. */
export async function modelRate(model: OpenedModel, library: Library) {
  const measured = await readModelRate(library, model.chat.name);
  const weightBytes = model.installed?.bytes;
  const isCpu = (await deviceOf(model)) === 'cpu' && weightBytes !== undefined;
  const assumed = isCpu ? CPU_TOKENS_PER_GB_SEC / (weightBytes / 1e9) : GPU_TOKENS_PER_SEC;
  return { tokensPerSec: measured ?? assumed, isMeasured: measured !== undefined };
}

/** undefined behind a server. */
async function deviceOf({ chat }: OpenedModel): Promise<string | undefined> {
  return chat instanceof LocalChatModel ? (await chat.chooseDevice()).device : undefined;
}

/** As `SnapshotStore` decides for each window, from the rate that is known beforehand. */
function keptOf(
  numTokens: number,
  tokensPerSec: number,
  device: string | undefined,
  { installed, keptWindows }: OpenedModel,
): EngineEstimate['kept'] {
  if (!installed || !keptWindows) return null;
  const { format, maxBytes: limitBytes, keepsAll = false } = keptWindows;
  const storage = storageOf(device === 'cpu' ? 'float32' : 'float16', format);
  const bytes = snapshotBytes(installed.model.config.text, numTokens, storage);
  const isTrifle = bytes / ASSUMED_BYTES_PER_SECOND <= (FORESEEN_SHARE * numTokens) / tokensPerSec;
  return isTrifle || keepsAll ? { bytes: Math.min(bytes, limitBytes), limitBytes } : null;
}

function timedWork({ windows, settings, ...plan }: SourcePlan): Work {
  // Sampled frames go in pairs.
  const perGroup = settings.pictures === 'sampled' ? 2 : 1;
  const groupsOf = ({ numTokens, numPictures }: (typeof windows)[number]) => ({
    numTokens,
    groups: Math.ceil(numPictures / perGroup),
  });
  return { ...plan, windows: windows.map(groupsOf) };
}

function pageWork({ windows, ...plan }: DocumentPlan): Work {
  return { ...plan, windows: windows.map(({ numTokens, pictures }) => ({ numTokens, groups: pictures.length })) };
}

function largestOf({ windows }: Work): number {
  return Math.max(0, ...windows.map(({ numTokens }) => numTokens));
}

function needsOf(work: Work, { installed }: OpenedModel): MemoryNeeds | undefined {
  if (!installed) return undefined;
  const { width, height } = work.frame;
  const largestPatches = Math.ceil(width / PATCH_SIDE) * Math.ceil(height / PATCH_SIDE);
  const groups = Math.max(0, ...work.windows.map((window) => window.groups));
  return memoryNeeds(installed.model, {
    promptTokens: largestOf(work),
    maxTokens: work.answerTokens,
    visualTokens: (groups * largestPatches) / PATCHES_PER_TOKEN,
    largestPatches: groups === 0 ? 0 : largestPatches,
  });
}

function refuseTooLarge(plan: Work, { chat, limitBytes = Infinity }: OpenedModel, needs: MemoryNeeds): void {
  const room = Math.min(availableMemory(), limitBytes);
  if (totalBytes(needs) <= room) return;
  throw new OutOfMemoryError(chat.name, needs, largestOf(plan) + plan.answerTokens, room, room === limitBytes);
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
