// A timed source to events by a model: windows asked a few at once while what comes later is still being read, answers checked,
// merged, joined with what the reader finds. A window that fails keeps the reader's events, marked; the others are not touched.
import { describeAround, describeSource } from '../src/events/describe-source.ts';
import type { Event } from '../src/events/event.ts';
import { slideEvents } from '../src/events/slide-events.ts';
import { prepareTranscript } from '../src/events/transcript.ts';
import { formatClock } from '../src/time.ts';
import { checkAnswer, type WindowAnswer } from '../src/windows/check-answer.ts';
import { EVENT_SCHEMA } from '../src/windows/event-request.ts';
import { joinSource } from '../src/windows/join-source.ts';
import { mergeEvents } from '../src/windows/merge-events.ts';
import type { PlannedWindow } from '../src/windows/plan-windows.ts';
import { spokenWithin, withSlides } from '../src/windows/timeline.ts';
import { stillsOf, windowMessages, type WindowMedia } from '../src/windows/window-messages.ts';
import { reasonOf, type WindowQuestions } from './ask-window.ts';
import { askWindows, type WindowPictures } from './ask-windows.ts';
import type { DescribeContext, EngineDescription, HeardMaterial } from './engine.ts';
import { rememberWindows } from './kept-windows.ts';
import type { OpenedModel } from './open-model.ts';
import type { SlideFeed } from './slide-feed.ts';
import { WindowFrames, windowStills } from './window-media.ts';
import { WindowPlanner } from './window-plan.ts';

/** Rejects where the model answers no window at all, as the feed does, and with the signal's reason. */
export async function describeWindows(
  heard: HeardMaterial,
  feed: SlideFeed,
  model: OpenedModel,
  context: DescribeContext,
): Promise<EngineDescription> {
  const planner = await WindowPlanner.open(heard, feed, model);
  const pictures = picturesOf(planner, heard, context.signal);
  const { asked, kept: keptWindows } = await askWindows(questionsOf(planner, model), pictures, model, context);
  const failed = asked.filter((one) => 'error' in one);
  if (failed.length > 0 && failed.length === asked.length) throw failed[0]!.error;

  const seen = await feed.all();
  const material = { ...heard, ...seen };
  if (model.keptWindows) await rememberWindows(keptWindows, material, model, context);
  const timeline = withSlides(planner.timeline, seen);
  const tellSpeech = planner.settings.readsText;
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

function questionsOf(
  planner: WindowPlanner,
  { taste, layout }: OpenedModel,
): WindowQuestions<PlannedWindow, WindowMedia> {
  const { settings, answerTokens, frame, textOf } = planner;
  return {
    windows: planner.windows(),
    numWindows: () => planner.numWindows,
    answerTokens,
    messagesOf: (window, media = {}) =>
      windowMessages({ timeline: planner.timeline, window, settings, media }, textOf(window), layout),
    textOf,
    placeOf: ({ startMs, endMs }) => ({ kind: 'time', startMs, endMs }),
    shownIn(window) {
      const { startMs, endMs } = window;
      const stills = stillsOf(planner.timeline, window, settings).map(({ stillMs }) => stillMs);
      return { startMs, endMs, frame, pictures: settings.pictures, fps: settings.fps, stills };
    },
    schemaOf: () => (taste ? undefined : EVENT_SCHEMA),
  };
}

function picturesOf(
  planner: WindowPlanner,
  { clip }: HeardMaterial,
  signal: AbortSignal,
): WindowPictures<PlannedWindow, WindowMedia> {
  const { settings, frame } = planner;
  if (clip && settings.pictures === 'sampled') {
    const frames = new WindowFrames(clip, { ...frame, fps: settings.fps }, signal);
    return {
      of: async (window) => ({ frames: await frames.take(window) }),
      [Symbol.asyncDispose]: () => frames[Symbol.asyncDispose](),
    };
  }
  return {
    of: async (window) => (clip ? windowStills(clip, stillsOf(planner.timeline, window, settings), frame, signal) : {}),
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
