// One window, one generation: messages in, the model's words out, kept under everything that they depend on, so that a run that was
// interrupted goes on with the next window. Windows of time and of pages are asked alike.
import { canonicalJson, sha256 } from '../src/hash.ts';
import { LecternError } from '../src/errors.ts';
import type { ChatMessage, ChatRequest } from '../src/model/chat/chat-model.ts';
import { ServerBusyError, ServerRefusedError } from '../src/http/errors.ts';
import { completeAnyhow } from '../src/model/remote/complete-anyhow.ts';
import type { WindowPlace } from '../src/query/window-grounds.ts';
import { beginningOf, rememberBeginning, type WindowBeginning } from '../src/windows/window-beginning.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import type { DescribeContext } from './engine.ts';
import { rememberWindow } from './kept-windows.ts';
import type { OpenedModel } from './open-model.ts';
import { recordModelRate } from './rates.ts';
import { stageKey } from './stage.ts';

/** Raised when the same window would be shown or asked otherwise without its words telling. */
const WINDOW_VERSION = 1;

/** `At most 0 image(s) may be provided in one prompt.`, `... is not a multimodal model`, `image input is not supported`. */
const PICTURES = /image|video|multi-?modal|vision/i;

/** What a source's windows are put to a model by; only this knows what they are windows of. */
export interface WindowQuestions<W, M> {
  readonly windows: Iterable<W> | AsyncIterable<W>;
  /** So many there will be, as far as that can be told now. */
  numWindows(): number;
  /** Longest answer to one window. */
  readonly answerTokens: number;
  /** Without media, the words alone. */
  messagesOf(window: W, media?: M): ChatMessage[];
  /** The words that end its messages, and those that begin them. */
  textOf(window: W): WindowText;
  placeOf(window: W): WindowPlace;
  /** What the window shows beside its words. */
  shownIn(window: W): Readonly<Record<string, unknown>>;
  /** Nothing is written or shown in it: the model is spared, and nothing made up. */
  isEmpty?(window: W, media: M): boolean;
  /** What its answer must match; undefined for a model that was trained on its own form. */
  schemaOf(window: W): ChatRequest['schema'] | undefined;
}

/** What came of a window: the model's words, or why there are none. */
export type Asked<W> = { readonly window: W; readonly text: string } | { readonly window: W; readonly error: Error };

export class WindowAsker<W, M> {
  readonly #model: OpenedModel;
  readonly #questions: WindowQuestions<W, M>;
  readonly #context: DescribeContext;
  #isBlind = false;

  constructor(model: OpenedModel, questions: WindowQuestions<W, M>, context: DescribeContext) {
    this.#model = model;
    this.#questions = questions;
    this.#context = context;
  }

  /** What an earlier run was answered. */
  async stored(window: W): Promise<string | undefined> {
    const bytes = await this.#context.library.getArtifact(this.keyOf(window));
    return bytes && new TextDecoder().decode(bytes);
  }

  /** Rejects with the signal's reason alone. */
  async ask(window: W, media: M): Promise<Asked<W>> {
    const { library, contentHash, signal } = this.#context;
    const { clock } = this.#model;
    clock.start();
    let seconds: number | undefined;
    try {
      const { text, usage, pixelHashes } = await this.#complete(window, media);
      seconds = clock.stop();
      const key = this.keyOf(window);
      await library.putArtifact(key, contentHash, 'window', new TextEncoder().encode(text));
      const kept = this.#model.keptWindows ? this.#beginningOf(window, media, pixelHashes) : undefined;
      if (kept) await rememberWindow(key, kept, this.#context);
      const tokens = usage.prompt - usage.cached;
      await recordModelRate(library, this.#model.chat.name, tokens, seconds);
      return { window, text };
    } catch (error) {
      if (seconds === undefined) clock.stop();
      signal.throwIfAborted();
      return { window, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** A server whose model sees nothing is shown the words alone, from then on. */
  async #complete(window: W, media: M) {
    const { chat } = this.#model;
    const { answerTokens: maxTokens } = this.#questions;
    const { signal, warn } = this.#context;
    const schema = this.#questions.schemaOf(window);
    const common = { maxTokens, signal, urgency: 'batch' as const, schema };
    const inWords = () => completeAnyhow(chat, { ...common, messages: this.#questions.messagesOf(window) });
    if (this.#isBlind) return inWords();
    const messages = this.#questions.messagesOf(window, media);
    const beginning = beginningOf(messages, this.#questions.textOf(window).instruction);
    const reusable = this.#model.keptWindows && { reusable: { ...beginning, isForeseen: true } };
    try {
      return await completeAnyhow(chat, { ...common, ...reusable, messages });
    } catch (error) {
      const isRefusal = error instanceof ServerRefusedError || error instanceof ServerBusyError;
      if (!isRefusal || !PICTURES.test(error.message)) throw error;
      if (!this.#isBlind) warn(`${chat.name} takes no pictures and is shown the text alone: ${error.message}`);
      this.#isBlind = true;
      return inWords();
    }
  }

  #beginningOf(window: W, media: M, pixelHashes: readonly string[] | undefined): WindowBeginning | undefined {
    const messages = this.#questions.messagesOf(window, media);
    const beginning = beginningOf(messages, this.#questions.textOf(window).instruction);
    return rememberBeginning(messages, beginning, pixelHashes);
  }

  /** What its answer is kept under. */
  keyOf(window: W): string {
    const { chat, identity, layout } = this.#model;
    const { answerTokens } = this.#questions;
    const shown = this.#questions.shownIn(window);
    const words = sha256(canonicalJson(this.#questions.messagesOf(window)));
    const parameters = { model: chat.name, identity, layout, answerTokens, shown, words };
    return stageKey(this.#context.contentHash, { name: 'window', version: WINDOW_VERSION, parameters });
  }
}

/** Why a window has no answer, in words for people. */
export function reasonOf(error: Error): string {
  return error instanceof LecternError ? error.message : `an unexpected failure: ${error.message}`;
}
