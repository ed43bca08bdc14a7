// Sections of a document as events: where it is, what it is called, what it says in one to three of its own sentences.
import { Breather } from './breather.ts';
import { pickCentral } from './centrality.ts';
import type { DocumentProse } from './document-prose.ts';
import type { Event, Evidence } from './event.ts';
import { capitalize } from './key-phrases.ts';
import type { Section } from './sections.ts';
import { titleFromPhrases, titleFromSentence } from './title.ts';

/** A longer section gives several events, so that a place in it can be found to the page or two. */
const MAX_PAGES = 4;
const WORDS_PER_SENTENCE = 150;
const MIN_UNTITLED_WORDS = 6;
/** Named in the summary of a table of contents. */
const MAX_PARTS = 12;

export async function pageEvents(prose: DocumentProse, sections: readonly Section[]): Promise<Event[]> {
  const breather = new Breather();
  const taken = new Set<string>();
  const events: Event[] = [];
  let first = 0;
  for (const section of sections) {
    while (first < prose.sentences.length && isBefore(prose, first, section.pageIndex, section.offset)) first++;
    const begin = first;
    while (first < prose.sentences.length && isBefore(prose, first, section.endPageIndex - 1, section.endOffset))
      first++;
    if (section.isListing) {
      events.push(listingEvent(section, sections));
      continue;
    }
    for (const [part, [from, to]] of runsOfPages(prose, begin, first).entries()) {
      const event = await describeSection(prose, section, from, to, part, taken);
      if (event === undefined) continue;
      taken.add(event.title);
      events.push(event);
      await breather.breathe();
    }
  }
  return events;
}

/** Contents say in a line what the parts of the document are; of their own words, and an index's, nothing can be quoted. */
function listingEvent({ title, level, pageIndex, endPageIndex }: Section, sections: readonly Section[]): Event {
  const parts = sections.filter((one) => one.pageIndex >= endPageIndex && one.level <= level && one.title !== '');
  const named = parts.slice(0, MAX_PARTS).map((part) => part.title);
  return {
    place: { kind: 'pages', pageIndex, endPageIndex },
    title: capitalize(title),
    summary: named.length > 1 ? named.join('; ') : capitalize(title),
    evidence: [],
    engine: 'reader',
    status: 'complete',
  };
}

function isBefore({ sentences }: DocumentProse, i: number, pageIndex: number, offset: number): boolean {
  const sentence = sentences[i]!;
  return sentence.pageIndex < pageIndex || (sentence.pageIndex === pageIndex && sentence.offset < offset);
}

/** Sentence ranges of at most MAX_PAGES pages each, cut where a page begins. */
function runsOfPages({ sentences }: DocumentProse, begin: number, end: number): [number, number][] {
  const runs: [number, number][] = [];
  let from = begin;
  for (let i = begin; i < end; i++) {
    if (sentences[i]!.pageIndex - sentences[from]!.pageIndex >= MAX_PAGES) {
      runs.push([from, i]);
      from = i;
    }
  }
  if (from < end) runs.push([from, end]);
  return runs;
}

async function describeSection(
  prose: DocumentProse,
  section: Section,
  from: number,
  to: number,
  part: number,
  taken: ReadonlySet<string>,
): Promise<Event | undefined> {
  const { sentences, furniture, readable, lengths } = prose;
  const pageIndex = sentences[from]!.pageIndex;
  const endPageIndex = sentences[to - 1]!.pageIndex + 1;
  // The heading itself says nothing that the title does not.
  const body = part === 0 && isHeading(sentences[from]!.text, section.title) ? from + 1 : from;
  const words = lengths.slice(body, to).reduce((sum, length) => sum + length, 0);
  const maxUnits = Math.min(3, Math.max(1, Math.round(words / WORDS_PER_SENTENCE)));
  const picked = pickCentral({ ...prose, first: body, end: to, maxUnits }).sort((a, b) => a - b);
  const texts = picked.map((i) => withoutHeading(readable[i]!, section.title));
  // A heading with nothing under it but its parts: the parts are events of their own.
  if (body === to && Number.isFinite(section.endOffset)) return undefined;
  // A date or a name above the title of a first page.
  if (section.title === '' && Number.isFinite(section.endOffset) && words < MIN_UNTITLED_WORDS) return undefined;
  const evidence = picked.map((i): Evidence => {
    const { pageIndex, text } = sentences[i]!;
    return { kind: 'page', pageIndex, text };
  });
  const needsPhrase = section.title === '' || part > 0;
  const phrase = needsPhrase ? titleFromPhrases(await prose.phrases(), from, to, taken) : '';
  const heading = capitalize(section.title);
  const title =
    (heading === '' ? phrase : phrase === '' ? heading : `${heading}: ${phrase}`) || titleFromSentence(readable[from]!);
  const rest = readable.slice(body, to).filter((_, i) => !furniture.has(body + i));
  const summary = texts.join(' ') || titleFromSentence(rest.join('; ')) || title;
  return {
    place: { kind: 'pages', pageIndex, endPageIndex },
    title,
    summary,
    evidence,
    engine: 'reader',
    status: 'complete',
  };
}

function isHeading(sentence: string, title: string): boolean {
  return title !== '' && normal(sentence).endsWith(normal(title)) && sentence.length <= title.length + 12;
}

/** A heading set as wide as the text runs into the first sentence under it. */
function withoutHeading(sentence: string, title: string): string {
  const rest = title !== '' && sentence.startsWith(`${title} `) ? sentence.slice(title.length + 1) : sentence;
  return /^\p{Lu}/u.test(rest) ? rest : sentence;
}

function normal(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}
