// All windows of a source, as they are planned: as many asked at once as the model decodes together, while the pictures of the next
// are made ready. What an earlier run was answered is not asked again.
import type { WindowPlace } from '../src/query/window-grounds.ts';
import { WindowAsker, type Asked, type WindowQuestions } from './ask-window.ts';
import type { DescribeContext } from './engine.ts';
import type { OpenedModel } from './open-model.ts';

/** Failures in a row after which the model is not asked any more: it will not come back for the hundred windows that are left. */
const MAX_FAILURES = 3;

const NO_EVENTS = '{"events": []}';

/** The pictures of windows that are asked for in order. */
export interface WindowPictures<W, M> extends AsyncDisposable {
  of(window: W): Promise<M>;
}

export interface AskedWindows<W> {
  /** One for each window, in their order. */
  readonly asked: readonly Asked<W>[];
  /** Where each stands, and what its answer is kept under. */
  readonly kept: readonly { readonly place: WindowPlace; readonly key: string }[];
}

/** Rejects with the signal's reason. */
export async function askWindows<W extends PromptSize, M>(
  questions: WindowQuestions<W, M>,
  pictures: WindowPictures<W, M>,
  model: OpenedModel,
  context: DescribeContext,
): Promise<AskedWindows<W>> {
  await using _pictures = pictures;
  const asking = new Asking(questions, model, context);
  try {
    for await (const window of questions.windows) await asking.take(window, pictures);
    return await asking.outcome();
  } finally {
    await asking.settled();
  }
}

interface PromptSize {
  /** Of a window's prompt. */
  readonly numTokens: number;
}

/** Windows of one source that are asked, and what came of them. */
class Asking<W extends PromptSize, M> {
  readonly #questions: WindowQuestions<W, M>;
  readonly #model: OpenedModel;
  readonly #context: DescribeContext;
  readonly #asker: WindowAsker<W, M>;
  readonly #asked: Asked<W>[] = [];
  readonly #underWay = new Set<Promise<void>>();
  #numBegun = 0;
  /** Windows that the model takes at once, of the size of the largest so far. */
  #atOnce = 1;
  #mostTokens = 0;
  /** In a row. */
  #numFailures = 0;
  #lastError: Error | undefined;

  constructor(questions: WindowQuestions<W, M>, model: OpenedModel, context: DescribeContext) {
    this.#questions = questions;
    this.#model = model;
    this.#context = context;
    this.#asker = new WindowAsker(model, questions, context);
  }

  /** Begins to ask the next window, as soon as there is room for it. */
  async take(window: W, pictures: WindowPictures<W, M>): Promise<void> {
    const i = this.#numBegun++;
    const { signal } = this.#context;
    signal.throwIfAborted();
    const stored = await this.#asker.stored(window);
    if (stored !== undefined) return this.#finish(i, { window, text: stored });
    if (this.#numFailures >= MAX_FAILURES) {
      this.#asked[i] = { window, error: this.#lastError! };
      return;
    }
    await this.#makeRoom(window);
    // Made ready while the windows before are with the model; one more than it takes at once waits for it.
    const media = await pictures.of(window);
    if (this.#questions.isEmpty?.(window, media)) return this.#finish(i, { window, text: NO_EVENTS });
    const request = this.#model.windowQueue
      .add(() => this.#asker.ask(window, media), { signal })
      .then((one) => this.#finish(i, one));
    this.#underWay.add(request);
    void request.then(
      () => this.#underWay.delete(request),
      () => {},
    );
    if (this.#underWay.size > this.#atOnce) await Promise.race(this.#underWay);
  }

  /** Whatever comes of them. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  /** Throws what a request failed with: the signal's reason. */
  async outcome(): Promise<AskedWindows<W>> {
    await Promise.all(this.#underWay);
    const asked = this.#asked;
    const kept = asked.map(({ window }) => ({
      place: this.#questions.placeOf(window),
      key: this.#asker.keyOf(window),
    }));
    return { asked, kept };
  }

  async #makeRoom({ numTokens }: W): Promise<void> {
    if (numTokens <= this.#mostTokens) return;
    this.#mostTokens = numTokens;
    this.#atOnce = await this.#model.requestsAtOnce(numTokens + this.#questions.answerTokens);
    const { windowQueue } = this.#model;
    windowQueue.concurrency = Math.max(windowQueue.concurrency, this.#atOnce);
  }

  #finish(i: number, one: Asked<W>): void {
    this.#asked[i] = one;
    this.#lastError = 'error' in one ? one.error : undefined;
    this.#numFailures = 'error' in one ? this.#numFailures + 1 : 0;
    this.#context.onProgress('windows', this.#asked.filter(Boolean).length, this.#questions.numWindows());
  }
}
