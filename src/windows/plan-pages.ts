// The pages of a document to windows under a token budget: as many as fit and as one answer can tell of, cut where a section of
// the highest level begins if possible. Pictures take what text leaves, the pages that need them most first.
import { pageText, sectionLines, type ShownPage } from './document-pages.ts';
import { remembering, WindowBudgetError } from './plan-windows.ts';
import type { TokenCosts } from './window-settings.ts';

export interface PageSettings {
  /** Prompt of one window, all included. */
  readonly budgetTokens: number;
  /** Longest answer. */
  readonly answerTokens: number;
  readonly costs: TokenCosts;
}

/** A run of pages, 0-based and half-open: windows touch and never overlap. */
export interface PageWindow {
  readonly pageIndex: number;
  readonly endPageIndex: number;
  /** Pages that are shown as pictures too, in order. */
  readonly pictures: readonly number[];
  /** As many as an answer has room for. */
  readonly maxEvents: number;
  /** At most. */
  readonly numTokens: number;
}

export interface PagePlan {
  readonly windows: readonly PageWindow[];
  readonly numTokens: number;
  /** Pages as the windows show them: text that no window could hold is cut off. */
  readonly pages: readonly ShownPage[];
  /** 0-based. */
  readonly cutPages: readonly number[];
}

/** Longer windows make a model skip what stands in the middle of them. */
const MAX_PAGES = 24;
/** An event as JSON: title, three sentences, a quote. */
const EVENT_TOKENS = 136;
/** Pages without a single heading still tell of something every other page. */
const PAGES_PER_EVENT = 2;
/** Pictures beyond those of pages without text take at most this share of a window. */
const PICTURE_SHARE = 0.5;
/** A window is cut in its last half. */
const EARLIEST_CUT = 0.5;
/** A window this much shorter than the others is not made: the two last ones share what is left. */
const SHORT_REST = 0.25;
/** A heading within so many characters of a page's top begins the page. */
const TOP_CHARACTERS = 200;

/** Throws WindowBudgetError where not even one page without its text fits. */
export function planPages(given: readonly ShownPage[], settings: PageSettings): PagePlan {
  const costs = { ...settings.costs, text: remembering((text) => settings.costs.text(text)) };
  const { pages, cutPages } = cutLongPages(given, settings.budgetTokens, costs);
  const planner = { ...settings, pages, costs };
  const windows: PageWindow[] = [];
  for (let first = 0; first < pages.length;) {
    const furthest = furthestEnd(planner, first);
    const end = furthest === pages.length ? furthest : chooseCut(pages, first, furthest);
    windows.push(windowOf(planner, first, end));
    first = end;
  }
  return { windows, pages, cutPages, numTokens: windows.reduce((sum, { numTokens }) => sum + numTokens, 0) };
}

interface Planner extends PageSettings {
  readonly pages: readonly ShownPage[];
}

/** The picture of a page without text is all there is of it, so it counts as its text does. */
function neededTokens({ costs }: Pick<PageSettings, 'costs'>, page: ShownPage): number {
  return costs.text(pageText(page)) + costs.text(sectionLines(page)) + (page.worth === 3 ? costs.picture : 0);
}

function cutLongPages(pages: readonly ShownPage[], budgetTokens: number, costs: TokenCosts) {
  const cutPages: number[] = [];
  const shown = pages.map((page) => {
    let cut = page;
    let needed = costs.fixed + neededTokens({ costs }, cut);
    while (needed > budgetTokens) {
      if (cut.text === '' && cut.sections.length === 0) {
        throw new WindowBudgetError(`Page ${page.pageIndex + 1}`, needed, budgetTokens);
      }
      const kept = Math.floor(Math.min(0.9, budgetTokens / needed) * cut.text.length);
      cut = { ...cut, text: cut.text.slice(0, kept).trimEnd(), sections: kept === 0 ? [] : cut.sections };
      needed = costs.fixed + neededTokens({ costs }, cut);
    }
    if (cut !== page) cutPages.push(page.pageIndex);
    return cut;
  });
  return { pages: shown, cutPages };
}

/** Index behind the last page up to which everything fits; one page always does. */
function furthestEnd(planner: Planner, first: number): number {
  const { pages, budgetTokens, answerTokens, costs } = planner;
  let needed = costs.fixed;
  let numEvents = 0;
  let end = first;
  for (; end < pages.length && end - first < MAX_PAGES; end++) {
    const page = pages[end]!;
    needed += neededTokens(planner, page);
    numEvents += Math.max(1 / PAGES_PER_EVENT, page.sections.length);
    if (end > first && (needed > budgetTokens || numEvents > maxEvents(answerTokens))) break;
  }
  return end;
}

function maxEvents(answerTokens: number): number {
  return Math.max(1, Math.floor(answerTokens / EVENT_TOKENS));
}

/** The last page in reach on which a section of the highest level begins. */
function chooseCut(pages: readonly ShownPage[], first: number, furthest: number): number {
  const isShortRest = pages.length - furthest < SHORT_REST * (furthest - first);
  const latest = isShortRest ? Math.min(furthest, first + Math.ceil((pages.length - first) * 0.6)) : furthest;
  const earliest = first + Math.max(1, Math.ceil((latest - first) * EARLIEST_CUT));
  let best = { end: latest, harm: Infinity };
  for (let end = earliest; end <= latest; end++) {
    const harm = harmOf(pages[end]!);
    if (harm <= best.harm) best = { end, harm };
  }
  return best.end;
}

/** Of beginning a window with this page: the level of what begins there, and something for what goes on from the page before. */
function harmOf({ sections }: ShownPage): number {
  const [first] = sections;
  if (first === undefined) return Infinity;
  return Math.min(...sections.map(({ level }) => level)) + (first.offset > TOP_CHARACTERS ? 0.5 : 0);
}

function windowOf(planner: Planner, first: number, end: number): PageWindow {
  const { budgetTokens, answerTokens, costs } = planner;
  const pages = planner.pages.slice(first, end);
  const needed = costs.fixed + pages.reduce((sum, page) => sum + neededTokens(planner, page), 0);
  const room = Math.min(budgetTokens - needed, PICTURE_SHARE * budgetTokens);
  const wanted = pages.filter(({ worth }) => worth === 1 || worth === 2).sort((a, b) => b.worth - a.worth);
  const chosen = wanted.slice(0, Math.max(0, Math.floor(room / Math.max(1, costs.picture))));
  const shown = pages.filter((page) => page.worth === 3 || chosen.includes(page));
  return {
    pageIndex: pages[0]!.pageIndex,
    endPageIndex: pages.at(-1)!.pageIndex + 1,
    pictures: shown.map(({ pageIndex }) => pageIndex),
    maxEvents: maxEvents(answerTokens),
    numTokens: needed + chosen.length * costs.picture,
  };
}

/** Pages of a window, or of an event. */
export function pagesWithin<P extends Pick<ShownPage, 'pageIndex'>>(
  pages: readonly P[],
  span: Pick<PageWindow, 'pageIndex' | 'endPageIndex'>,
): P[] {
  return pages.filter(({ pageIndex }) => pageIndex >= span.pageIndex && pageIndex < span.endPageIndex);
}
