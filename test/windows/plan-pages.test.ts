import { describe, expect, it } from 'vitest';
import { pageText, sectionLines } from '../../src/windows/document-pages.ts';
import { pageRequest } from '../../src/windows/page-request.ts';
import { pagesWithin, planPages, type PageSettings } from '../../src/windows/plan-pages.ts';
import { WindowBudgetError } from '../../src/windows/plan-windows.ts';
import { shown } from './pages.ts';

/** A character is a token, so that budgets can be counted by hand. */
const costs = { picture: 500, text: (text: string) => text.length, fixed: 100 };
const settings = (budgetTokens: number, answerTokens = 4096): PageSettings => ({ budgetTokens, answerTokens, costs });
const prose = (characters: number) => 'word '.repeat(characters / 5).trim();
const spans = (plan: ReturnType<typeof planPages>) =>
  plan.windows.map(({ pageIndex, endPageIndex }) => [pageIndex, endPageIndex]);

describe('planPages', () => {
  it('gives every page to one window, none over the budget', () => {
    const pages = shown(...Array.from({ length: 50 }, (_, i) => prose(200 + 20 * (i % 7))));
    const plan = planPages(pages, settings(2000));
    expect(plan.windows[0]!.pageIndex).toBe(0);
    expect(plan.windows.at(-1)!.endPageIndex).toBe(50);
    plan.windows.forEach((window, i) => {
      expect(window.pageIndex).toBe(plan.windows[i - 1]?.endPageIndex ?? 0);
      const own = pagesWithin(plan.pages, window);
      const text = own.map((page) => pageText(page) + sectionLines(page)).join('');
      expect(window.numTokens).toBe(100 + text.length);
      expect(window.numTokens).toBeLessThanOrEqual(2000);
    });
  });

  it('cuts where a section of the highest level begins, if one does in the last half of what fits', () => {
    const texts = Array.from({ length: 12 }, (_, i) => `${i === 5 ? '# Chapter' : '## Section'} ${i}\n${prose(250)}`);
    expect(spans(planPages(shown(...texts), settings(100 + 7 * 320)))).toEqual([
      [0, 5],
      [5, 12],
    ]);
  });

  it('takes no more sections into a window than its answer has room for', () => {
    const texts = Array.from({ length: 20 }, (_, i) => `# One ${i}\nText.\n# Two ${i}\nText.`);
    const [window] = planPages(shown(...texts), settings(30_000, 1400)).windows;
    expect(window).toMatchObject({ endPageIndex: 5, maxEvents: 10 });
  });

  it('shows scans as pictures whatever they cost, OCR, figures and tables where tokens are left, prose never', () => {
    const table = ['Name   Unit   Price', 'a   kg   1', 'b   kg   2', 'c   kg   3', 'd   kg   4'].join('\n');
    const pages = shown(
      prose(100),
      '',
      `${prose(50)}\n\nFigure 2: The pump.\n`,
      table,
      'Contents\nPumps . . . . . . 7',
    );
    const ocr = pages.map((page, i) => (i === 0 ? { ...page, worth: 2 as const } : page));
    expect(planPages(pages, settings(4000)).windows[0]!.pictures).toEqual([1, 2, 3]);
    // Half of 2400 is for pictures beside the scan's: two, the page read by OCR before the others.
    expect(planPages(ocr, settings(2400)).windows[0]!.pictures).toEqual([0, 1, 2]);
  });

  it('cuts off text that no window can hold, and says of which pages', () => {
    const plan = planPages(shown(prose(300), prose(5000), prose(300)), settings(1000));
    expect(plan.cutPages).toEqual([1]);
    expect(plan.pages[1]!.text.length).toBeGreaterThan(400);
    for (const { numTokens } of plan.windows) expect(numTokens).toBeLessThanOrEqual(1000);
  });

  it('refuses with the numbers where not even a page’s picture fits', () => {
    const act = () => planPages(shown(''), settings(400));
    expect(act).toThrow(WindowBudgetError);
    expect(act).toThrow('Page 1 takes 610 tokens; a window may take 400');
  });
});

describe('what is asked for a window of pages', () => {
  const window = { pageIndex: 11, endPageIndex: 20, pictures: [], maxEvents: 30, numTokens: 0 };

  it('says how many events the answer has room for', () => {
    const { instruction } = pageRequest(window, { pages: shown('Text.'), title: 'Manual', section: '' });
    expect(instruction).toContain('30 at most');
  });

  it('names the sections that begin on its pages, and the one that is under way', () => {
    const pages = shown('# Start\nText.', '## Load\nText.');
    const { instruction } = pageRequest(window, { pages, title: 'Manual', section: 'Commands' });
    expect(instruction).toContain('goes on with the section "Commands"');
    expect(instruction).toContain('- page 1: Start\n- page 2: Load\n');
    expect(instruction).toContain('pages 12 to 20 of "Manual"');
  });
});
