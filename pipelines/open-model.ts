// The models that the settings or the rules name, of this machine or behind a server, with what pipelines need to know: how each
// likes its pictures, how many requests it takes at once, which answers are its own.
import { existsSync } from 'node:fs';
import PQueue from 'p-queue';
import { modelFolders, snapshotSettings } from '../src/config-folders.ts';
import { serverAddress, type Config } from '../src/config.ts';
import { readCards, type EventsTaste } from '../src/model/cards.ts';
import type { ChatModel } from '../src/model/chat/chat-model.ts';
import { LocalChatModel, type LocalChatOptions } from '../src/model/chat/local-chat-model.ts';
import type { SnapshotFormat } from '../src/model/engine/snapshot.ts';
import { MOST_ROWS, numRowsFor } from '../src/model/engine/batch-size.ts';
import { InstalledModels, type InstalledModel } from '../src/model/installed-models.ts';
import { availableMemory } from '../src/model/machine-memory.ts';
import { memoryNeeds } from '../src/model/memory.ts';
import { OpenAiChatModel } from '../src/model/remote/open-ai-chat-model.ts';
import { WeightsRoom } from '../src/model/weights-room.ts';
import type { WindowLayout } from '../src/windows/window-messages.ts';
import { chooseModels, contextOf, modelMemory, REQUEST_KINDS, sentenceOf, type RequestKind } from './model-rules.ts';
import { WorkClock } from './work-clock.ts';

export interface OpenedModel extends AsyncDisposable {
  readonly chat: ChatModel;
  /** Equal for models that answer alike. */
  readonly identity: string;
  /** Set for a model that knows one way of being asked, and nothing else. */
  readonly taste: EventsTaste | undefined;
  readonly layout: WindowLayout;
  /** Prompt and answer together, as many as fit beside the weights; the same from run to run, because windows are cut for it. */
  readonly contextTokens: number;
  /** Requests of up to `numTokens`, answers included, that are worth having under way at once. */
  requestsAtOnce(numTokens: number): Promise<number>;
  /**
   * Bytes that what it was shown of sources may take, kept for questions about them; undefined where none is, as of a model that is
   * asked none.
   */
  readonly keptWindows: KeptWindowsLimit | undefined;
  /** Windows of all sources wait here for it, and not for another model's; a question does not wait in it. */
  readonly windowQueue: PQueue;
  /** Tells how long work takes where requests overlap. */
  readonly clock: WorkClock;
  /** Bytes that the settings let it take on a CPU. */
  readonly limitBytes?: number | undefined;
  /** Set where it runs on this machine. */
  readonly installed?: InstalledModel;
}

export interface KeptWindowsLimit {
  readonly maxBytes: number;
  readonly format: SnapshotFormat;
  /** Also where reading again is as fast. */
  readonly keepsAll?: boolean;
}

/** Which model takes which kind of request; one object where several kinds go to one model. */
export interface OpenedModels extends AsyncDisposable, Readonly<Record<RequestKind, OpenedModel>> {
  /** Why, in sentences for people; none where there was nothing to choose. */
  readonly reasons: readonly string[];
}

export interface OpenModelsOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told of a model that has to go before another one is loaded. */
  readonly onSwitch?: ((from: string, to: string) => void) | undefined;
  /** Told when what a model has read could not be kept; answers come all the same. */
  readonly onSnapshotFailure?: ((error: unknown) => void) | undefined;
}

/** Throws ModelNotFoundError, ModelKindError, ModelFolderError, ModelCardError, or as OpenAiChatModel.open does. */
export async function openModels(
  config: Config,
  { signal, onSwitch, onSnapshotFailure }: OpenModelsOptions = {},
): Promise<OpenedModels> {
  if (config.engine === 'openai') {
    const model = await openServerModel(config, signal);
    return {
      interactive: model,
      batch: model,
      longDocument: model,
      reasons: [],
      [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
    };
  }
  const choices = await chooseModels(new InstalledModels(modelFolders(config)), config, () => modelMemory(config));
  const chosen = new Map(REQUEST_KINDS.map((kind) => [choices[kind].installed.name, choices[kind].installed]));
  const limitBytes = config.modelMemoryGB && config.modelMemoryGB * 1e9;
  const room = chosen.size > 1 ? new WeightsRoom({ onSwitch, limitBytes }) : undefined;
  const opened = new Map<string, OpenedModel>();
  for (const [name, installed] of chosen) {
    const isAsked = name === choices.interactive.installed.name;
    opened.set(
      name,
      await openLocalModel(installed, config, { room, isAsked, ...(onSnapshotFailure && { onSnapshotFailure }) }),
    );
  }
  const modelOf = (kind: RequestKind) => opened.get(choices[kind].installed.name)!;
  return {
    interactive: modelOf('interactive'),
    batch: modelOf('batch'),
    longDocument: modelOf('longDocument'),
    reasons: chosen.size > 1 ? REQUEST_KINDS.map((kind) => sentenceOf(kind, choices[kind])) : [],
    async [Symbol.asyncDispose]() {
      for (const model of opened.values()) await model[Symbol.asyncDispose]();
    },
  };
}

async function openLocalModel(
  installed: InstalledModel,
  config: Config,
  { isAsked, ...options }: LocalChatOptions & { readonly isAsked: boolean },
): Promise<OpenedModel> {
  const { name, model } = installed;
  const card = (await readCards()).find((one) => one.name === name);
  const device = deviceFor(installed, config);
  const snapshots = snapshotSettings(config);
  const limitBytes = config.modelMemoryGB && config.modelMemoryGB * 1e9;
  const kept = snapshots && { snapshots };
  const chat = await LocalChatModel.open(model.folder, { device, limitBytes, ...kept, ...options, name });
  return {
    chat,
    identity: model.weightsSha256,
    taste: card?.events,
    layout: 'interleaved',
    keptWindows: config.snapshotWindows !== 'off' && isAsked && card?.events === undefined ? snapshots : undefined,
    contextTokens: contextOf(installed, modelMemory(config)),
    requestsAtOnce: (numTokens) => localRequests(chat, installed, numTokens),
    windowQueue: new PQueue({ concurrency: 1 }),
    clock: new WorkClock(),
    limitBytes,
    installed,
    [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose](),
  };
}

/** As many as decode together, and one whose prompt is made ready meanwhile. */
async function localRequests(chat: LocalChatModel, { model }: InstalledModel, numTokens: number): Promise<number> {
  const { device } = await chat.chooseDevice();
  if (device !== 'cpu') return MOST_ROWS[device] + 1;
  const size = { promptTokens: numTokens, maxTokens: 0, visualTokens: 0, largestPatches: 0 };
  const { weights, cache } = memoryNeeds(model, size);
  return numRowsFor(MOST_ROWS.cpu, cache, availableMemory() - (chat.isLoaded ? 0 : weights)) + 1;
}

/** A model this small has answered on the CPU before WebGPU has compiled its shaders. */
const SMALL_BYTES = 256e6;

/** What an installed model runs on. */
export function deviceFor({ bytes }: InstalledModel, { device }: Pick<Config, 'device'>): Config['device'] {
  const isForCpu = bytes < SMALL_BYTES && !existsSync('/proc/driver/nvidia/version');
  return device === 'auto' && isForCpu ? 'cpu' : device;
}

/** A server that batches answers several windows in little more time than one. */
const SERVER_REQUESTS = 4;

async function openServerModel(config: Config, signal?: AbortSignal): Promise<OpenedModel> {
  const address = serverAddress(config);
  const chat = await OpenAiChatModel.open(address, signal);
  const isOurs = (await readCards()).find(({ name, events }) => events && chat.name.endsWith(name));
  return {
    chat,
    identity: address.url,
    taste: isOurs?.events,
    // True times are for one video a request; pictures with times between them may stand anywhere.
    layout: chat.abilities.takesTimedFrames ? 'video-first' : 'interleaved',
    keptWindows: undefined,
    contextTokens: chat.contextTokens,
    requestsAtOnce: async () => SERVER_REQUESTS,
    windowQueue: new PQueue({ concurrency: 1 }),
    clock: new WorkClock(),
    [Symbol.asyncDispose]: () => chat[Symbol.asyncDispose](),
  };
}
