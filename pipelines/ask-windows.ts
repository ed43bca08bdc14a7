// All windows of a source, as they are planned: as many asked at once as the model decodes together, while the pictures of the next
// are made ready. What an earlier run was answered is not asked again.
import type PQueue from 'p-queue';
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

/** Rejects with the signal's reason. `queue` holds the requests of all sources. */
export async function askWindows<W extends { readonly numTokens: number }, M>(
  questions: WindowQuestions<W, M>,
  pictures: WindowPictures<W, M>,
  model: OpenedModel,
  queue: PQueue,
  context: DescribeContext,
): Promise<AskedWindows<W>> {
  const { windows, answerTokens } = questions;
  let atOnce = 1;
  let mostTokens = 0;
  const allow = async ({ numTokens }: W) => {
    if (numTokens <= mostTokens) return;
    mostTokens = numTokens;
    atOnce = await model.requestsAtOnce(numTokens + answerTokens);
    queue.concurrency = Math.max(queue.concurrency, atOnce);
  };
  const asker = new WindowAsker(model, questions, context);
  const asked: Asked<W>[] = [];
  const underWay = new Set<Promise<void>>();
  let numFailures = 0;
  let lastError: Error | undefined;
  const take = (i: number, one: Asked<W>) => {
    asked[i] = one;
    lastError = 'error' in one ? one.error : undefined;
    numFailures = 'error' in one ? numFailures + 1 : 0;
    context.onProgress('windows', asked.filter(Boolean).length, questions.numWindows());
  };
  await using _pictures = pictures;
  try {
    let numBegun = 0;
    for await (const window of windows) {
      const i = numBegun++;
      context.signal.throwIfAborted();
      const stored = await asker.stored(window);
      if (stored !== undefined) {
        take(i, { window, text: stored });
        continue;
      }
      if (numFailures >= MAX_FAILURES) {
        asked[i] = { window, error: lastError! };
        continue;
      }
      await allow(window);
      // Made ready while the windows before are with the model; one more than it takes at once waits for it.
      const media = await pictures.of(window);
      if (questions.isEmpty?.(window, media)) {
        take(i, { window, text: NO_EVENTS });
        continue;
      }
      const request = queue.add(() => asker.ask(window, media), { signal: context.signal }).then((one) => take(i, one));
      underWay.add(request);
      void request.then(
        () => underWay.delete(request),
        () => {},
      );
      if (underWay.size > atOnce) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
  const kept = asked.map(({ window }) => ({ place: questions.placeOf(window), key: asker.keyOf(window) }));
  return { asked, kept };
}
