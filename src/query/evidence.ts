// From hits to the sentences an answer can be made of, each with its own place, in the order they stand in.
import { toUtterances } from '../events/utterances.ts';
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import type { Page } from '../ingest/document/page.ts';
import type { Library } from '../store/library.ts';
import { isListingByEntries } from '../text/listing.ts';
import { type Sentence, sentences } from '../text/sentences.ts';
import type { Hit, HitPlace, HitSource } from './hit.ts';
import { type TableRow, tableRows } from './table-rows.ts';

export interface EvidenceSentence extends HitPlace {
  readonly text: string;
  /** The heading it stands under, or the title of the slide or event it is said in. */
  readonly heading: string;
  readonly speaker?: string;
  /** The first sentence under a printed heading, which mostly says what its section is about. */
  readonly isLead?: boolean;
  /** Set where it is a row of a table. */
  readonly row?: Omit<TableRow, 'start' | 'end' | 'figureHeads'>;
  /** A question that somebody asks says what the sentences after it answer; a fragment is code, a label, half a sentence. */
  readonly form: 'statement' | 'question' | 'fragment';
  /** Continues the one before it: same paragraph or list, or said without a long pause. */
  readonly isContinued: boolean;
}

export interface Evidence {
  readonly hit: Hit;
  readonly sentences: readonly EvidenceSentence[];
}

/** What is said a little after a moment often completes the answer. */
const AFTER_MS = 20_000;
/** A sentence that began this long before a moment is read whole. */
const BEFORE_MS = 12_000;
const LONG_PAUSE_MS = 3000;
/** Talks that are read whole for a definition. */
const MAX_TALKS = 2;
const SENTENCES_OF_DEFINITION = 3;
/** How far back the heading that a page begins under is looked for. */
const PAGES_BEFORE = 2;

export async function gatherEvidence(library: Library, hits: readonly Hit[]): Promise<Evidence[]> {
  return Promise.all(
    hits.map(async (hit) => ({
      hit,
      sentences: hit.pageIndex === null ? await spokenSentences(library, hit) : await printedSentences(library, hit),
    })),
  );
}

async function spokenSentences(library: Library, hit: Hit): Promise<EvidenceSentence[]> {
  const startMs = hit.startMs ?? 0;
  const fromMs = Math.max(0, startMs - BEFORE_MS);
  const toMs = (hit.endMs ?? startMs) + AFTER_MS;
  const captions = await library.readCaptions(hit.source.id, { fromMs, toMs });
  if (captions !== undefined && captions.cues.length > 0)
    return saidIn(captions, hit.title).filter(({ endMs }) => endMs! > startMs);
  const slides = await library.readPassages(hit.source.id, { kinds: ['slide'], fromMs, toMs });
  return slides.flatMap(({ title, text, startMs, endMs }) =>
    text.split('\n').map((line) => ({
      ...{ text: line, startMs, endMs, pageIndex: null, pageLabel: null, heading: title },
      form: 'statement',
      isContinued: true,
    })),
  );
}

function saidIn({ cues, lang }: CaptionTrack, heading: string): EvidenceSentence[] {
  return toUtterances(cues, lang).map(({ text, startMs, endMs, pauseMs, speaker }) => ({
    ...{ text, startMs, endMs, pageIndex: null, pageLabel: null, heading },
    ...(speaker !== undefined && { speaker }),
    form: isQuestion(text) ? 'question' : 'statement',
    isContinued: pauseMs < LONG_PAUSE_MS,
  }));
}

/**
 * What a talk means by a term, it says where it first uses it, in passing, and a search leads to where it says most about it. So the
 * sentences that define are looked for in the whole of the best talks.
 */
export async function gatherDefinitions(
  library: Library,
  hits: readonly Hit[],
  defines: (sentences: readonly EvidenceSentence[], index: number, source: HitSource) => boolean,
): Promise<Evidence[]> {
  const talks = hits.filter((hit, i) => {
    return hit.startMs !== null && hits.findIndex(({ source }) => source.id === hit.source.id) === i;
  });
  const found = await Promise.all(
    talks.slice(0, MAX_TALKS).map(async (hit): Promise<Evidence[]> => {
      const captions = await library.readCaptions(hit.source.id);
      const said = captions ? saidIn(captions, '') : [];
      const first = said.findIndex((_, index) => defines(said, index, hit.source));
      if (first < 0) return [];
      const { startMs, endMs } = said[first]!;
      const event = await library.readEventAt(hit.source.id, startMs!);
      const place = { ...hit, startMs, endMs, title: event?.title ?? hit.source.title };
      return [{ hit: place, sentences: said.slice(first, first + SENTENCES_OF_DEFINITION) }];
    }),
  );
  return found.flat();
}

/** The hit's page, and of the pages beside it what belongs to the sections that it begins and ends in. */
async function printedSentences(library: Library, hit: Hit): Promise<EvidenceSentence[]> {
  const hitIndex = hit.pageIndex!;
  const fromPageIndex = Math.max(0, hitIndex - PAGES_BEFORE);
  const pages = await library.readPages(hit.source.id, { fromPageIndex, toPageIndex: hitIndex + 2 });
  let heading = hit.source.title;
  const read = pages.map((page) => {
    const headings = page.headings.filter(({ text }) => !isReference(text));
    const running = heading;
    heading = headings.at(-1)?.text ?? heading;
    const isNear = page.pageIndex >= hitIndex - 1 && !isListingByEntries(page.text);
    return { pageIndex: page.pageIndex, sentences: isNear ? pageSentences({ ...page, headings }, running) : [] };
  });
  const on = (pageIndex: number) => read.find((page) => page.pageIndex === pageIndex)?.sentences ?? [];
  const [before, found, after] = [on(hitIndex - 1), on(hitIndex), on(hitIndex + 1)];
  const [first, last] = [found[0]?.heading, found.at(-1)?.heading];
  return [
    ...(before.at(-1)?.heading === first ? before.filter((one) => one.heading === first) : []),
    ...found,
    ...after.filter((one) => one.heading === last),
  ];
}

function pageSentences({ text, headings, pageIndex, label }: Page, running: string): EvidenceSentence[] {
  let lastEnd = 0;
  let lead = running;
  return printedPieces(text).map(({ text: piece, start, end, row }): EvidenceSentence => {
    const over = headings.findLast(({ offset }) => offset <= start)?.text ?? running;
    const isContinued = !/\n\s*\n/.test(text.slice(lastEnd, start));
    lastEnd = end;
    const form = row === undefined ? formOf(piece) : 'fragment';
    const isLead = over !== lead && form === 'statement' && piece !== over;
    if (isLead) lead = over;
    return {
      ...{ text: piece, startMs: null, endMs: null, pageIndex, pageLabel: label, heading: over },
      ...{ form, isContinued, isLead },
      ...(row !== undefined && { row }),
    };
  });
}

/** The sentences of a page and the rows of its tables, in order. */
function printedPieces(page: string): (Sentence & { readonly row?: TableRow })[] {
  const rows = tableRows(page);
  const heads = new Set(rows.flatMap(({ figureHeads }) => figureHeads));
  const tables = [...heads, ...rows].sort((a, b) => a.start - b.start);
  const prose = sentences(blank(withoutRunningLines(page), tables));
  const told = rows.map((row) => ({ text: page.slice(row.start, row.end), start: row.start, end: row.end, row }));
  return [...prose, ...told].sort((a, b) => a.start - b.start);
}

/** The same length, these stretches blank. */
function blank(text: string, stretches: readonly { start: number; end: number }[]): string {
  let result = '';
  for (const { start, end } of stretches) result += text.slice(result.length, start) + ' '.repeat(end - start);
  return result + text.slice(result.length);
}

/** The same length, its header and footer blank: its first or last line, short, with a number at one end, no sentence. */
function withoutRunningLines(page: string): string {
  const lines = page.split('\n');
  const edges = [lines.findIndex(isWritten), lines.findLastIndex(isWritten)];
  return lines.map((line, i) => (edges.includes(i) && isRunningLine(line) ? ' '.repeat(line.length) : line)).join('\n');
}

function isWritten(line: string): boolean {
  return line.trim() !== '';
}

function isRunningLine(line: string): boolean {
  const text = line.trim();
  return text.length < 80 && /^\d{1,4}\b|\b\d{1,4}$/.test(text) && !/[.!?]$/.test(text);
}

/** A line set apart that only points elsewhere. */
function isReference(text: string): boolean {
  return /^(?:see|siehe|voir|véase)\b/i.test(text);
}

function isQuestion(text: string): boolean {
  return /[?？؟]["'”’)]*\s*$/.test(text);
}

/** A printed sentence begins with a capital, a number or a bullet and ends as sentences do, or announces what follows. */
function formOf(text: string): EvidenceSentence['form'] {
  if (isQuestion(text)) return 'question';
  // A reference to another place says nothing by itself.
  if (isReference(text) && text.length < 85) return 'fragment';
  // An aside in brackets says the least of its paragraph.
  if (/^[([]/.test(text)) return 'fragment';
  const isWhole = /^["'“‘]?[\p{Lu}\p{Lo}\p{N}•▪●○-]/u.test(text) && /[.!:。！।؟]["'”’)\]]*\s*$/u.test(text);
  return isWhole || /^\s*(?:[-•▪●○]|\(?\d{1,2}[.)]?)\s+\p{Lu}/u.test(text) ? 'statement' : 'fragment';
}
