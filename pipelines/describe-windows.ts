// A timed source to events by a model: windows asked one after another while the pictures of the next are decoded, answers checked,
// merged, joined with what the reader finds. A window that fails keeps the reader's events, marked; the others are not touched.
import type PQueue from 'p-queue';
import { describeAround, describeSource } from '../src/events/describe-source.ts';
import type { Event } from '../src/events/event.ts';
import { slideEvents } from '../src/events/slide-events.ts';
import { prepareTranscript } from '../src/events/transcript.ts';
import { formatClock } from '../src/time.ts';
import { checkAnswer, type WindowAnswer } from '../src/windows/check-answer.ts';
import { joinSource } from '../src/windows/join-source.ts';
import { mergeEvents } from '../src/windows/merge-events.ts';
import type { PlannedWindow } from '../src/windows/plan-windows.ts';
import { spokenWithin } from '../src/windows/timeline.ts';
import { stillsOf, type WindowMedia } from '../src/windows/window-messages.ts';
import { reasonOf, WindowAsker, type Asked } from './ask-window.ts';
import type { DescribeContext, EngineDescription, SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { WindowFrames, windowStills } from './window-media.ts';
import { planSource, type SourcePlan } from './window-plan.ts';

/** Failures in a row after which the model is not asked any more: it will not come back for the hundred windows that are left. */
const MAX_FAILURES = 3;

/**
 * Rejects where the model answers no window at all, and with the signal's reason. `queue` holds as many requests as the model takes
 * at once, over all sources.
 */
export async function describeWindows(
  material: SourceMaterial,
  model: OpenedModel,
  queue: PQueue,
  context: DescribeContext,
): Promise<EngineDescription> {
  const plan = await planSource(material, model);
  const asked = await askWindows(plan, material, model, queue, context);
  const failed = asked.filter((one) => 'error' in one);
  if (failed.length > 0 && failed.length === asked.length) throw failed[0]!.error;

  const { timeline } = plan;
  const tellSpeech = plan.settings.readsText;
  const answers = asked.flatMap((one): WindowAnswer[] => {
    if ('error' in one) return [];
    const answer = checkAnswer(one.text, one.window, timeline, model.chat.name);
    // A scene without a slide is nothing to a model that knows slides; speech is something to one that reads it.
    const isSilent = spokenWithin(timeline, one.window.own).length === 0;
    if (answer.events.length > 0 || answer.problem !== undefined || !tellSpeech || isSilent) return [answer];
    return [{ ...answer, problem: 'the model described nothing of what is said' }];
  });
  const problems = [
    ...failed.map(({ window, error }) => ({ window, problem: `the model gave no answer: ${reasonOf(error)}` })),
    ...answers.flatMap(({ window, problem }) => (problem === undefined ? [] : [{ window, problem }])),
  ];
  for (const { window, problem } of problems) context.warn(`${clockOf(window)}: ${problem}.`);

  const transcript = material.captions === null ? undefined : await prepareTranscript(material.captions);
  const events = joinSource(mergeEvents(answers), timeline, transcript);
  const missing = problems.filter(({ window }) => !events.some((event) => startsWithin(event, window)));
  const fallback =
    missing.length === 0
      ? []
      : tellSpeech
        ? (await describeSource(material)).events
        : slideEvents(material.slides, material.slideTexts, transcript);
  const kept = missing.flatMap(({ window, problem }) =>
    fallback
      .filter((event) => startsWithin(event, window))
      .map((event): Event => ({ ...event, status: 'partial', note: `described by the reader: ${problem}` })),
  );
  const visits = [...events, ...kept].sort((a, b) => startOf(a) - startOf(b));
  const described = await describeAround(visits, material, { tellSpeech });
  return { ...described, isUnfinished: failed.length > 0 };
}

/** One for each window, in their order. */
async function askWindows(
  plan: SourcePlan,
  material: SourceMaterial,
  model: OpenedModel,
  queue: PQueue,
  context: DescribeContext,
): Promise<Asked[]> {
  const { windows } = plan;
  const asker = new WindowAsker(model, plan, context);
  const asked: Asked[] = [];
  const underWay = new Set<Promise<void>>();
  let numFailures = 0;
  let lastError: Error | undefined;
  const take = (i: number, one: Asked) => {
    asked[i] = one;
    lastError = 'error' in one ? one.error : undefined;
    numFailures = 'error' in one ? numFailures + 1 : 0;
    context.onProgress('windows', asked.filter(Boolean).length, windows.length);
  };
  await using pictures = picturesOf(plan, material, context.signal);
  try {
    for (const [i, window] of windows.entries()) {
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
      // Decoded while the windows before are with the model; one more than it takes at once waits for it.
      const media = await pictures.of(window);
      const request = queue.add(() => asker.ask(window, media), { signal: context.signal }).then((one) => take(i, one));
      underWay.add(request);
      void request.then(
        () => underWay.delete(request),
        () => {},
      );
      if (underWay.size > model.concurrency) await Promise.race(underWay);
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
  return asked;
}

function picturesOf(
  { settings, timeline, frame }: SourcePlan,
  { clip }: SourceMaterial,
  signal: AbortSignal,
): AsyncDisposable & { of(window: PlannedWindow): Promise<WindowMedia> } {
  if (clip && settings.pictures === 'sampled') {
    const frames = new WindowFrames(clip, { ...frame, fps: settings.fps }, signal);
    return {
      of: async (window) => ({ frames: await frames.take(window) }),
      [Symbol.asyncDispose]: () => frames[Symbol.asyncDispose](),
    };
  }
  return {
    of: async (window) => (clip ? windowStills(clip, stillsOf(timeline, window, settings), frame, signal) : {}),
    async [Symbol.asyncDispose]() {},
  };
}

function startsWithin(event: Event, { own }: PlannedWindow): boolean {
  return startOf(event) >= own.startMs && startOf(event) < own.endMs;
}

function startOf({ place }: Event): number {
  return place.kind === 'time' ? place.startMs : 0;
}

function clockOf({ own }: PlannedWindow): string {
  return `${formatClock(own.startMs)}-${formatClock(own.endMs)}`;
}
