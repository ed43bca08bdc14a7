// A document to events by a model: windows of pages asked a few at once while the pictures of the next are drawn, answers
// checked, merged, joined with the reader's sections and chapters. A window that fails keeps the reader's events, marked.
import { describeSource } from '../src/events/describe-source.ts';
import { checkPages } from '../src/windows/check-pages.ts';
import { joinDocument } from '../src/windows/join-document.ts';
import { mergeEvents } from '../src/windows/merge-events.ts';
import { pageMessages, type PageMedia } from '../src/windows/page-messages.ts';
import { PAGE_EVENT_SCHEMA } from '../src/windows/page-request.ts';
import { pagesWithin, type PageWindow } from '../src/windows/plan-pages.ts';
import { reasonOf, type WindowQuestions } from './ask-window.ts';
import { askWindows } from './ask-windows.ts';
import type { DescribeContext, EngineDescription, SourceMaterial } from './engine.ts';
import { rememberWindows } from './kept-windows.ts';
import type { OpenedModel } from './open-model.ts';
import { PagePictures } from './page-media.ts';
import { planDocument, type DocumentPlan } from './page-plan.ts';

/** Rejects where the model answers no window at all, and with the signal's reason. */
export async function describePages(
  material: SourceMaterial,
  model: OpenedModel,
  context: DescribeContext,
): Promise<EngineDescription> {
  const plan = await planDocument(material, model);
  const { pages, cutPages } = plan;
  for (const pageIndex of cutPages) {
    context.warn(
      `Page ${pageIndex + 1} is longer than ${model.chat.name} can read at once: it is shown the beginning.`,
    );
  }
  const pictures = new PagePictures(material.paper, plan.frame, context.signal, context.warn);
  const { asked, kept } = await askWindows(questionsOf(plan), pictures, model, context);
  const failed = asked.filter((one) => 'error' in one);
  if (failed.length > 0 && failed.length === asked.length) throw failed[0]!.error;

  if (model.keptWindows) await rememberWindows(kept, material, model, context);

  const answers = asked.flatMap((one) =>
    'error' in one ? [] : [checkPages(one.text, one.window, pagesWithin(pages, one.window), model.chat.name)],
  );
  const problems = [
    ...failed.map(({ window, error }) => ({ window, problem: `the model gave no answer: ${reasonOf(error)}` })),
    ...answers.flatMap(({ window, problem }) => (problem === undefined ? [] : [{ window, problem }])),
  ];
  for (const { window, problem } of problems) {
    context.warn(`Pages ${window.pageIndex + 1}-${window.endPageIndex}: ${problem}.`);
  }
  const problemOf = (pageIndex: number) =>
    problems.find(({ window }) => pageIndex >= window.pageIndex && pageIndex < window.endPageIndex)?.problem;
  const described = joinDocument(mergeEvents(answers), await describeSource(material), pages, problemOf);
  return { ...described, isUnfinished: failed.length > 0 };
}

function questionsOf(plan: DocumentPlan): WindowQuestions<PageWindow, PageMedia> {
  const { pages, windows, answerTokens, frame, textOf } = plan;
  return {
    windows,
    numWindows: () => windows.length,
    answerTokens,
    messagesOf: (window, media = new Map()) => pageMessages(pagesWithin(pages, window), media, textOf(window)),
    textOf,
    placeOf: ({ pageIndex, endPageIndex }) => ({ kind: 'pages', pageIndex, endPageIndex }),
    shownIn: ({ pageIndex, endPageIndex, pictures }) => ({ pageIndex, endPageIndex, pictures, frame }),
    isEmpty: (window, media) => media.size === 0 && pagesWithin(pages, window).every(({ text }) => text === ''),
    schemaOf: () => PAGE_EVENT_SCHEMA,
  };
}
