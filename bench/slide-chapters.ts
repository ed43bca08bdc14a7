// Chapters of lectures with slides: do their borders stand where a topic begins, and is that where a slide comes on? Glued sources with
// invented slides, in two halves that share no recording: what is chosen on the first is confirmed on the second.
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describeSource } from '../src/events/describe-source.ts';
import type { CaptionTrack } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import { borderF1, pkAndWindowDiff } from './boundaries.ts';
import { between, glue, type GluedSource } from './glued-sources.ts';
import { inventSlides, type SlideHabits } from './invented-slides.ts';
import { printTable, saveTable } from './table.ts';

const DATA = resolve('../shared/data');
/** A border within this of a slide's change is the slide's. */
const AT_SLIDE_SEC = 5;

interface Shape {
  readonly name: string;
  readonly folder: string;
  readonly numPieces: number;
  readonly stretch: (track: CaptionTrack, n: number) => CaptionTrack['cues'];
  readonly habits: SlideHabits;
}

const shapes: readonly Shape[] = [
  {
    name: '7 stretches of lectures, slides of 40 to 140 s',
    folder: 'lectures_nyu_dl',
    numPieces: 7,
    stretch: (track, n) => between(track, 0.1 * n, 0.1 * n + 0.1 + 0.05 * (n % 3)),
    habits: { seconds: [40, 140] },
  },
  {
    name: '5 tutorials of 3 min, slides of 20 to 70 s',
    folder: 'tutorials_tvqa',
    numPieces: 5,
    stretch: ({ cues }) => cues,
    habits: { seconds: [20, 70] },
  },
  {
    name: '7 beginnings of tutorials, a slide each',
    folder: 'tutorials_tvqa',
    numPieces: 7,
    stretch: (track, n) => between(track, 0, 0.2 + 0.05 * (n % 3)),
    habits: { seconds: [Infinity, Infinity] },
  },
  {
    name: '7 stretches of lectures, slides of 5 to 25 min',
    folder: 'lectures_nyu_dl',
    numPieces: 7,
    stretch: (track, n) => between(track, 0.1 * n, 0.1 * n + 0.1 + 0.05 * (n % 3)),
    habits: { seconds: [300, 1500] },
  },
  {
    name: '7 stretches of lectures, slides that change anywhere',
    folder: 'lectures_nyu_dl',
    numPieces: 7,
    stretch: (track, n) => between(track, 0.1 * n, 0.1 * n + 0.1 + 0.05 * (n % 3)),
    habits: { seconds: [40, 140], isUnrelated: true },
  },
];

const header = [
  'source',
  'half',
  'slides',
  'true',
  'chapters',
  'F1 in 5 s',
  'F1 in 10 s',
  'F1 in 30 s',
  'Pk',
  'borders at a slide',
  'titles of slides',
];
const rows: string[][] = [];
for (const { name, folder, numPieces, stretch, habits } of shapes) {
  const tracks = await tracksIn(folder);
  for (const half of [0, 1]) {
    const sources = glue(
      tracks.filter((_, i) => i % 2 === half),
      numPieces,
      stretch,
    );
    const scores: number[][] = [];
    for (const [seed, source] of sources.entries()) scores.push(await measure(source, habits, seed));
    const [slides, truth, count, f5, f10, f30, pk, at, titled] = scores[0]!.map(
      (_, i) => scores.reduce((sum, score) => sum + score[i]!, 0) / scores.length,
    ) as [number, number, number, number, number, number, number, number, number];
    rows.push([
      name,
      `${half === 0 ? 'first' : 'second'} (${sources.length})`,
      ...[slides, truth, count].map((number) => number.toFixed(1)),
      ...[f5, f10, f30, pk, at, titled].map((share) => (100 * share).toFixed(1)),
    ]);
  }
}
saveTable('slide-chapters', printTable('Chapters of the reader engine for lectures with slides', header, rows));

async function measure(source: GluedSource, habits: SlideHabits, seed: number): Promise<number[]> {
  const { slides, slideTexts, titles } = inventSlides(source, habits, seed);
  const { chapters } = await describeSource({
    kind: 'video',
    durationMs: null,
    captions: source.captions,
    slides,
    slideTexts,
    pages: [],
    document: null,
  });
  const found = chapters.flatMap(({ place }) => (place.kind === 'time' ? [place.startMs / 1000] : [])).slice(1);
  const changes = slides.filter((slide) => slide.stateIndex === 0).map((slide) => slide.spans[0]!.startMs / 1000);
  const at = found.filter((sec) => changes.some((change) => Math.abs(change - sec) <= AT_SLIDE_SEC));
  const titled = chapters.filter(({ title }) => titles.includes(title));
  return [
    changes.length,
    source.borders.length + 1,
    chapters.length,
    ...[5, 10, 30].map((tolerance) => borderF1(found, source.borders, tolerance)),
    pkAndWindowDiff(found, source.borders, source.captions.cues.at(-1)!.endMs / 1000).pk,
    at.length / Math.max(1, found.length),
    titled.length / chapters.length,
  ];
}

async function tracksIn(folder: string): Promise<CaptionTrack[]> {
  const transcripts = join(DATA, folder, 'transcripts');
  const files = readdirSync(transcripts).sort();
  return Promise.all(files.map(async (file) => (await readCaptionFile(join(transcripts, file))).track));
}
