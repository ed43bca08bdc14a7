// One window, one generation: messages in, the model's words out, kept under everything that they depend on, so that a run that was
// interrupted goes on with the next window.
import { canonicalJson, sha256 } from '../src/hash.ts';
import { LecternError } from '../src/errors.ts';
import { complete, type ChatModel, type ChatRequest } from '../src/model/chat/chat-model.ts';
import { SchemaUnsupportedError } from '../src/model/remote/errors.ts';
import { EVENT_SCHEMA } from '../src/windows/event-request.ts';
import type { PlannedWindow } from '../src/windows/plan-windows.ts';
import { stillsOf, windowMessages, type WindowMedia } from '../src/windows/window-messages.ts';
import type { DescribeContext } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { recordModelRate } from './rates.ts';
import { stageKey } from './stage.ts';
import type { SourcePlan } from './window-plan.ts';

/** Raised when the same window would be shown or asked otherwise without its words telling. */
const WINDOW_VERSION = 1;

/** What came of a window: the model's words, or why there are none. */
export type Asked =
  { readonly window: PlannedWindow; readonly text: string } | { readonly window: PlannedWindow; readonly error: Error };

export class WindowAsker {
  readonly #model: OpenedModel;
  readonly #plan: SourcePlan;
  readonly #context: DescribeContext;

  constructor(model: OpenedModel, plan: SourcePlan, context: DescribeContext) {
    this.#model = model;
    this.#plan = plan;
    this.#context = context;
  }

  /** What an earlier run was answered. */
  async stored(window: PlannedWindow): Promise<string | undefined> {
    const bytes = await this.#context.library.getArtifact(this.#keyOf(window));
    return bytes && new TextDecoder().decode(bytes);
  }

  /** Rejects with the signal's reason alone. */
  async ask(window: PlannedWindow, media: WindowMedia): Promise<Asked> {
    const { library, contentHash, signal } = this.#context;
    const { chat, taste } = this.#model;
    const startedAt = performance.now();
    try {
      const request: ChatRequest = {
        messages: this.#messagesOf(window, media),
        maxTokens: this.#plan.answerTokens,
        signal,
        ...(!taste && { schema: EVENT_SCHEMA }),
      };
      const { text, usage } = await completeAnyhow(chat, request);
      await library.putArtifact(this.#keyOf(window), contentHash, 'window', new TextEncoder().encode(text));
      const tokens = usage.prompt - usage.cached;
      await recordModelRate(library, this.#model.chat.name, tokens, (performance.now() - startedAt) / 1000);
      return { window, text };
    } catch (error) {
      signal.throwIfAborted();
      return { window, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  #messagesOf(window: PlannedWindow, media: WindowMedia) {
    const { timeline, settings, textOf } = this.#plan;
    return windowMessages(timeline, window, settings, media, textOf(window), this.#model.layout);
  }

  #keyOf(window: PlannedWindow): string {
    const { timeline, settings, frame, answerTokens } = this.#plan;
    const { chat, identity, layout } = this.#model;
    const { startMs, endMs } = window;
    const stills = stillsOf(timeline, window, settings).map(({ stillMs }) => stillMs);
    const shown = { startMs, endMs, frame, pictures: settings.pictures, fps: settings.fps, stills };
    const words = sha256(canonicalJson(this.#messagesOf(window, {})));
    const parameters = { model: chat.name, identity, layout, answerTokens, shown, words };
    return stageKey(this.#context.contentHash, { name: 'window', version: WINDOW_VERSION, parameters });
  }
}

/** A server that can't hold an answer to a schema is asked without: answers are checked in any case. */
async function completeAnyhow(chat: ChatModel, request: ChatRequest) {
  try {
    return await complete(chat, request);
  } catch (error) {
    if (!(error instanceof SchemaUnsupportedError)) throw error;
    const { schema: _, ...withoutSchema } = request;
    return complete(chat, withoutSchema);
  }
}

/** Why a window has no answer, in words for people. */
export function reasonOf(error: Error): string {
  return error instanceof LecternError ? error.message : `an unexpected failure: ${error.message}`;
}
