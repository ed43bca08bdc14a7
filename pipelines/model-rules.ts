// Which installed model takes which kind of request: what the settings name, or else rules over what the models are and the memory
// that they may take. The choice depends on nothing that changes from hour to hour, because what indexed a source is remembered.
import { existsSync } from 'node:fs';
import type { Config } from '../src/config.ts';
import { InputError } from '../src/errors.ts';
import type { InstalledModel, InstalledModels } from '../src/model/installed-models.ts';
import { totalMemory } from '../src/model/machine-memory.ts';
import { memoryNeeds, totalBytes } from '../src/model/memory.ts';
import { cardMemory } from '../src/model/ort/cuda-memory.ts';
import { WINDOW_TOKENS } from '../src/windows/window-settings.ts';

/** Questions and summaries; windows of sources; windows of documents that go on for hundreds of pages. */
export const REQUEST_KINDS = ['interactive', 'batch', 'longDocument'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

export interface ModelChoice {
  readonly installed: InstalledModel;
  /** Why this one: the end of a sentence. */
  readonly reason: string;
}

export type ModelChoices = Readonly<Record<RequestKind, ModelChoice>>;

export interface ModelMemory {
  /** In all, taken or not. */
  readonly bytes: number;
  /** A card's own, where keys and values lie in half precision and weights as they are stored. */
  readonly isCard: boolean;
}

const WORK = {
  interactive: 'Questions and summaries',
  batch: 'Sources',
  longDocument: 'Long documents',
} as const satisfies Record<RequestKind, string>;

/** `Sources go to qwen3-vl-30b-a3b: a mixture of experts that fits in memory.` */
export function sentenceOf(kind: RequestKind, { installed, reason }: ModelChoice): string {
  return `${WORK[kind]} go to ${installed.name}: ${reason}.`;
}

type Rules = Pick<Config, 'model' | 'interactiveModel' | 'batchModel' | 'longDocumentModel'>;

/** Throws ModelNotFoundError or ModelKindError for a name that is no chat model's. */
export async function chooseModels(
  models: InstalledModels,
  rules: Rules,
  memory: () => ModelMemory,
): Promise<ModelChoices> {
  const named = async (kind: RequestKind): Promise<ModelChoice | undefined> => {
    if (rules.model !== undefined) {
      return { installed: await models.findOfKind(rules.model, 'chat'), reason: 'asked for by name' };
    }
    const name = rules[`${kind}Model`];
    if (name === undefined) return undefined;
    return { installed: await models.findOfKind(name, 'chat'), reason: `the setting ${kind}Model` };
  };
  const [interactive, batch, longDocument] = await Promise.all(REQUEST_KINDS.map(named));
  if (interactive && batch && longDocument) return { interactive, batch, longDocument };
  const byRule = chooseByRule((await models.list()).models, memory);
  return {
    interactive: interactive ?? byRule.interactive,
    batch: batch ?? byRule.batch,
    longDocument: longDocument ?? byRule.longDocument,
  };
}

/** The one in the box counts where there is no other. */
export function chooseByRule(installed: readonly InstalledModel[], memory: () => ModelMemory): ModelChoices {
  const chat = installed.filter(({ kind }) => kind === 'chat');
  const added = chat.filter(({ isShipped }) => !isShipped);
  const candidates = added.length > 0 ? added : chat;
  const [first] = candidates;
  if (!first) {
    throw new InputError('There is no model on this machine', {
      code: 'MODEL_NOT_FOUND',
      remedy: 'Get one with lectern models pull NAME, or use --engine reader.',
    });
  }
  if (candidates.length === 1) {
    const only = { installed: first, reason: first.isShipped ? 'the one in the box' : 'the only one added' };
    return { interactive: only, batch: only, longDocument: only };
  }
  const room = memory();
  const fitting = candidates.filter((model) => bytesOf(model, WINDOW_TOKENS, room) <= room.bytes);
  const smallest = candidates.reduce((a, b) => (b.bytes < a.bytes ? b : a));
  const usable = fitting.length > 0 ? fitting : [smallest];
  const [newest] = usable.toSorted((a, b) => (addedAt(a) < addedAt(b) ? 1 : -1));
  const bySize = usable.toSorted((a, b) => a.bytes - b.bytes);
  const sparse = bySize.findLast(({ model }) => model.config.text.moe);
  const dense = bySize.find(({ model }) => !model.config.text.moe);
  const contexts = bySize.map((model) => ({ model, tokens: contextOf(model, room) }));
  const longest = contexts.reduce((a, b) => (b.tokens >= a.tokens ? b : a));
  return {
    interactive: dense
      ? { installed: dense, reason: 'the smallest dense model, which answers soonest' }
      : { installed: bySize[0]!, reason: 'the smallest model' },
    batch: sparse
      ? { installed: sparse, reason: 'a mixture of experts that fits in memory' }
      : { installed: newest!, reason: 'the one added last that fits in memory' },
    longDocument: {
      installed: longest.model,
      reason: `the longest context in this memory, ${Math.floor(longest.tokens / 1024)}K tokens`,
    },
  };
}

/** What the settings allow, or else all of the card's memory, or of the machine's. */
export function modelMemory({ device, modelMemoryGB }: Pick<Config, 'device' | 'modelMemoryGB'>): ModelMemory {
  const isCard = (device === 'auto' || device === 'cuda') && existsSync('/proc/driver/nvidia/version');
  if (modelMemoryGB !== undefined) return { bytes: modelMemoryGB * 1e9, isCard };
  try {
    if (isCard) return { bytes: cardMemory().total, isCard };
  } catch {
    // A card without its libraries is not used.
  }
  return { bytes: totalMemory(), isCard: false };
}

const addedAt = ({ origin }: InstalledModel) => origin?.addedAt ?? '';

/** Of weights and of a request of `numTokens`. */
function bytesOf({ model }: InstalledModel, numTokens: number, { isCard }: ModelMemory): number {
  const pictures = { visualTokens: Math.min(numTokens, WINDOW_TOKENS) / 2, largestPatches: 4096 };
  const needs = memoryNeeds(model, { promptTokens: numTokens, maxTokens: 0, ...pictures });
  if (!isCard) return totalBytes(needs);
  const { weights, cache, activations } = needs;
  const stored = model.format === 'fp16' ? weights / 2 : weights;
  return stored + (cache + activations) / 2;
}

/** Tokens that a request may have: as many as the model takes, or as fit beside its weights. */
export function contextOf(installed: InstalledModel, room: ModelMemory): number {
  const { maxPositions } = installed.model.config.text;
  const fixed = bytesOf(installed, 0, room);
  const perToken = (bytesOf(installed, maxPositions, room) - fixed) / maxPositions;
  return Math.max(0, Math.min(maxPositions, Math.floor((room.bytes - fixed) / perToken)));
}
