import { expect, it } from 'vitest';
import type { Page } from '../../src/ingest/document/page.ts';
import { EarlyProse, prepareDocument } from '../../src/events/document-prose.ts';

const ENGLISH =
  'The reader takes the pages of a document in one after the other. Each of them has some words of its own';
const GERMAN = 'Der Leser nimmt die Seiten eines Dokuments nacheinander auf. Jede von ihnen hat einige eigene Worte';

function page(pageIndex: number, words: string): Page {
  const text = `Running header\n\n${words} (${pageIndex}).`;
  return { pageIndex, label: null, text, headings: [], links: [], textSource: 'text' };
}

async function proseTakenInEarly(pages: readonly Page[]) {
  const early = new EarlyProse();
  for (const one of pages) await early.add(one);
  early.keepFor(pages);
  return prepareDocument(pages);
}

it('gives the same sentences, words and qualities whether pages are taken in early or together', async () => {
  const pages = Array.from({ length: 20 }, (_, i) => page(i, ENGLISH));
  const { phrases, ...early } = await proseTakenInEarly(pages);
  const { phrases: phrasesTogether, ...together } = await prepareDocument([...pages]);
  expect(early).toEqual(together);
  expect(early.lang).toBe('en');
  expect((await phrases()).phrasesOf(0, 10, 5)).toEqual((await phrasesTogether()).phrasesOf(0, 10, 5));
});

it('gives the words of each page as its text has them, the marks of lists too, once the language is guessed', async () => {
  const early = new EarlyProse();
  const pages = Array.from({ length: 10 }, (_, i) => page(i, `(b) ${ENGLISH}`));
  const given = [];
  for (const one of pages) given.push(await early.add(one));
  expect(given.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => undefined));
  expect(given[8]).toEqual(pages[8]!.text.match(/\w+/g));
  const normalised = { ...page(10, ENGLISH), text: 'The ﬁnal page of it.' };
  expect(await early.add(normalised)).toBeUndefined();
});

it('holds what stands on three pages to be no sentence', async () => {
  const { sentences, quality } = await proseTakenInEarly(Array.from({ length: 20 }, (_, i) => page(i, ENGLISH)));
  const headers = sentences.flatMap(({ text }, i) => (text === 'Running header' ? [quality[i]] : []));
  expect(headers).toEqual(Array.from({ length: 20 }, () => 0));
});

it('starts again where the first pages are in another language than the document', async () => {
  const pages = Array.from({ length: 80 }, (_, i) => page(i, i < 16 ? ENGLISH : GERMAN));
  expect((await proseTakenInEarly(pages)).lang).toBe('de');
});

it('prepares other pages anew', async () => {
  const pages = Array.from({ length: 20 }, (_, i) => page(i, ENGLISH));
  const early = new EarlyProse();
  for (const one of pages) await early.add(one);
  const others = pages.slice(1);
  early.keepFor(others);
  expect((await prepareDocument(others)).sentences[0]!.pageIndex).toBe(1);
});

it('never quotes headings and running lines, page numbers or not, and shows an item of a list without its mark', async () => {
  const pages = Array.from({ length: 4 }, (_, i): Page => {
    const head = `The manual ${20 + i}`;
    const heading = { text: 'Settings', level: 1, offset: head.length + 2 };
    const item = `(${i + 1}) Number ${i} of the filters keeps the water of the machine clean.`;
    return { ...page(i, ENGLISH), text: `${head}\n\nSettings\n\n${item}`, headings: [heading] };
  });
  const { sentences, furniture, quality, readable } = await prepareDocument(pages);
  const told = sentences.flatMap((_, i) => (furniture.has(i) ? [] : [readable[i]]));
  expect(told).toEqual(pages.map((_, i) => `Number ${i} of the filters keeps the water of the machine clean.`));
  for (const i of furniture) expect(quality[i]).toBe(0);
});

it('takes a sentence out of which an icon fell for a piece of one', async () => {
  const whole = 'The channel list shows every channel that the search has found.';
  const holed = 'Channel List , you can change every channel that the search has found.';
  const announced = 'The channel list screen contains the following icons: : A favourite : A lock.';
  const text = `${whole}\n\n${holed}\n\n${announced}`;
  const pages: Page[] = [{ pageIndex: 0, label: null, text, headings: [], links: [], textSource: 'text' }];
  const { quality } = await prepareDocument(pages);
  expect(quality[1]).toBeLessThan(0.3 * quality[0]!);
  expect(quality[2]).toBeLessThan(0.3 * quality[0]!);
});
