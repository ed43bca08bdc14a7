// Chapters of decks of slides: do they begin where the subject changes? Glued sources with invented slides, each slide a page; with and
// without a page before each subject that holds its title alone. In two halves that share no recording.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeSource } from '../src/events/describe-source.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import type { Page } from '../src/ingest/document/page.ts';
import { borderF1, pkAndWindowDiff } from './boundaries.ts';
import { glue, type GluedSource } from './glued-sources.ts';
import { inventSlides } from './invented-slides.ts';
import { printTable, saveTable } from './table.ts';

const TRANSCRIPTS = resolve('../shared/data/tutorials_tvqa/transcripts');
const NUM_SUBJECTS = 7;
const SLIDE_SECONDS = [15, 50] as const;
/** A subject's first slide comes on up to so long before it. */
const EARLY_SEC = 3;

interface Deck {
  readonly pages: readonly Page[];
  /** Pages on which a subject begins, the first one left out. */
  readonly borders: readonly number[];
}

const files = readdirSync(TRANSCRIPTS).sort();
const tracks = await Promise.all(files.map(async (file) => (await readCaptionFile(join(TRANSCRIPTS, file))).track));
const rows: string[][] = [];
for (const hasDividers of [false, true]) {
  for (const half of [0, 1]) {
    const sources = glue(
      tracks.filter((_, i) => i % 2 === half),
      NUM_SUBJECTS,
    );
    const scores: number[][] = [];
    for (const [seed, source] of sources.entries()) scores.push(await measure(makeDeck(source, seed, hasDividers)));
    const means = scores[0]!.map((_, i) => scores.reduce((sum, score) => sum + score[i]!, 0) / scores.length);
    rows.push([
      hasDividers ? 'with a title page for each subject' : 'without title pages',
      `${half === 0 ? 'first' : 'second'} (${sources.length})`,
      ...means.map((value, i) => (i < 3 ? value : 100 * value).toFixed(1)),
    ]);
  }
}
const header = ['deck', 'half', 'pages', 'true', 'chapters', 'F1', 'even split', 'F1 in 1 page', 'even split', 'Pk'];
saveTable('deck-chapters', printTable('Chapters of the reader engine for decks of slides', header, rows));

function makeDeck(source: GluedSource, seed: number, hasDividers: boolean): Deck {
  const { slides, slideTexts } = inventSlides(source, { seconds: SLIDE_SECONDS }, seed);
  const open = [...source.borders];
  const pages: Page[] = [];
  const borders: number[] = [];
  const add = (title: string, text: string) =>
    pages.push({
      pageIndex: pages.length,
      label: null,
      text: `${text.replaceAll('\n', '\n\n')}\n\nStaff training, page ${pages.length + 1}`,
      headings: [{ text: title, level: 1, offset: 0 }],
      links: [],
      textSource: 'text',
    });
  for (const [i, { slideIndex, title, text }] of slideTexts.entries()) {
    // A page shows a slide as it is in the end.
    if (slideTexts[i + 1]?.slideIndex === slideIndex) continue;
    const first = slides.find((slide) => slide.slideIndex === slideIndex)!;
    if (open.length > 0 && first.spans[0]!.startMs / 1000 >= open[0]! - EARLY_SEC) {
      open.shift();
      borders.push(pages.length);
      if (hasDividers) add(`Part: ${title}`, `Part: ${title}`);
    }
    const shown = title || `Picture ${slideIndex}`;
    add(shown, text || shown);
  }
  return { pages, borders };
}

async function measure({ pages, borders }: Deck): Promise<number[]> {
  const { chapters } = await describeSource({
    kind: 'document',
    durationMs: null,
    captions: null,
    slides: [],
    slideTexts: [],
    pages,
    document: null,
  });
  const found = chapters.flatMap(({ place }) => (place.kind === 'pages' ? [place.pageIndex] : [])).slice(1);
  const even = found.map((_, i) => Math.round(((i + 1) * pages.length) / (found.length + 1)));
  return [
    pages.length,
    borders.length + 1,
    chapters.length,
    ...[0, 1].flatMap((tolerance) => [found, even].map((one) => borderF1(one, borders, tolerance))),
    pkAndWindowDiff(found, borders, pages.length).pk,
  ];
}
