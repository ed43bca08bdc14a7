// What a model will be shown of one document, before it is shown anything: its pages with their sections, how windows are cut for
// this model, and the words of each. Indexing and --plan both begin here.
import { sectionsOf, type Section } from '../src/events/sections.ts';
import type { Size } from '../src/model/qwen3-vl/smart-resize.ts';
import { pageText, shownPages, type ShownPage } from '../src/windows/document-pages.ts';
import { pageRequest } from '../src/windows/page-request.ts';
import { pagesWithin, planPages, type PageWindow } from '../src/windows/plan-pages.ts';
import type { WindowText } from '../src/windows/window-messages.ts';
import { windowRoom } from '../src/windows/window-settings.ts';
import type { SourceMaterial } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { blankPicture, measureCosts } from './window-costs.ts';

export interface DocumentPlan {
  readonly pages: readonly ShownPage[];
  readonly windows: readonly PageWindow[];
  /** Prompts of all windows, at most. */
  readonly numTokens: number;
  /** Longest answer to one window. */
  readonly answerTokens: number;
  /** Of the picture of a page, at most. */
  readonly frame: Size;
  /** 0-based pages whose text no window can hold. */
  readonly cutPages: readonly number[];
  readonly textOf: (window: PageWindow) => WindowText;
}

/** A4 upright at about 90 dots an inch: print of usual size is readable, for 736 tokens (Qwen's own cookbook takes 730). */
const PAGE_SIZE: Size = { width: 736, height: 1024 };
/** What the tokens of a document's text are measured on. */
const SAMPLE_PAGES = 8;
const SAMPLE_PAGE_CHARACTERS = 1000;

/** Throws WindowBudgetError where not even one page fits. */
export async function planDocument(material: SourceMaterial, model: OpenedModel): Promise<DocumentPlan> {
  const { pages, document, title = '', paper } = material;
  const sections = sectionsOf(pages, document);
  const given = shownPages(pages, sections).map((page) => (paper ? page : { ...page, worth: 0 as const }));
  const textOf = (window: PageWindow): WindowText =>
    pageRequest(window, {
      pages: pagesWithin(given, window),
      title,
      section: sectionUnderWay(sections, window),
    });
  const whole = { pageIndex: 0, endPageIndex: pages.length, pictures: [], maxEvents: 99, numTokens: 0 };
  const longest = sections.reduce((a, { title: b }) => (b.length > a.length ? b : a), '');
  const costs = await measureCosts(
    model.chat,
    { picture: { type: 'image', picture: blankPicture(PAGE_SIZE) }, text: sampleOf(given) },
    pageRequest(whole, { pages: [], title, section: longest }),
  );
  const { contextTokens, answerTokens } = windowRoom(model.chat.contextTokens, model.contextTokens, model.taste);
  const plan = planPages(given, { budgetTokens: contextTokens - answerTokens, answerTokens, costs });
  return { ...plan, answerTokens, frame: PAGE_SIZE, textOf };
}

/** Text from all over the document: code and tables take more tokens than prose. */
function sampleOf(pages: readonly ShownPage[]): string {
  const written = pages.filter(({ text }) => text !== '');
  const step = Math.max(1, Math.floor(written.length / SAMPLE_PAGES));
  return written.flatMap((page, i) => (i % step === 0 ? pageText(page).slice(0, SAMPLE_PAGE_CHARACTERS) : [])).join('');
}

/** The section that goes on from the page before; empty where the window begins with one of its own. */
function sectionUnderWay(sections: readonly Section[], { pageIndex }: PageWindow): string {
  const before = sections.findLast((section) => section.title !== '' && section.pageIndex < pageIndex);
  const first = sections.find((section) => section.title !== '' && section.pageIndex >= pageIndex);
  const beginsAtTop = first?.pageIndex === pageIndex && first.offset === 0;
  return beginsAtTop || before === undefined || before.endPageIndex <= pageIndex ? '' : before.title;
}
