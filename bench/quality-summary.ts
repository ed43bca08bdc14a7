// Quality of overviews and chapters against what people wrote: ROUGE F1 beside a lead baseline of the same length, and chapter
// borders beside an even split into the same number. Prints one table and saves it under bench/results/.
// Sources are reported in two halves, so that a change that helps one half only is seen; both were seen while parameters were set.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { describeSource } from '../src/events/describe-source.ts';
import type { CaptionTrack } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import { summarize } from '../src/query/summary.ts';
import { borderF1, pkAndWindowDiff } from './boundaries.ts';
import { between, glue, type GluedSource } from './glued-sources.ts';
import { rouge, type Rouge } from './rouge.ts';
import { printTable, saveTable } from './table.ts';

const DATA = resolve('../shared/data');
const SECOND_HALF = new Set(['lecture02', 'lecture05', 'practicum03', 'practicum05', 'covid_0', 'Bdb001', 'ES2002b']);
const [FIRST, SECOND] = ['first', 'second'] as const;
/** Meetings carry no times; a speaker's rate gives them some, for cues and for border tolerances. */
const WORDS_PER_SECOND = 2.5;

interface Case {
  readonly set: string;
  readonly name: string;
  readonly captions: CaptionTrack;
  /** Label -> text to compare the overview with. */
  readonly references: Readonly<Record<string, string>>;
  /** Seconds at which chapters begin, the first one left out; empty where nobody marked them. */
  readonly borders: readonly number[];
}

interface Result {
  readonly set: string;
  readonly name: string;
  readonly overview: string;
  readonly ours: Readonly<Record<string, Rouge>>;
  readonly lead: Readonly<Record<string, Rouge>>;
  readonly chapters: { readonly ours: Borders; readonly even: Borders } | null;
}

interface Borders {
  readonly count: number;
  readonly f10: number;
  readonly f30: number;
  readonly f60: number;
  readonly pk: number;
  readonly wd: number;
}

async function measure({ set, name, captions, references, borders }: Case): Promise<Result> {
  const source = {
    kind: 'transcript',
    durationMs: null,
    captions,
    slides: [],
    slideTexts: [],
    pages: [],
    document: null,
  } as const;
  const { events, chapters } = await describeSource(source);
  const overview = (await summarize({ captions, pages: [], events, chapters }))?.overview ?? '';
  const spoken = captions.cues.map((cue) => cue.text).join(' ');
  const lead = spoken.split(/\s+/).slice(0, overview.split(/\s+/).length).join(' ');
  const score = (text: string) =>
    Object.fromEntries(Object.entries(references).map(([label, reference]) => [label, rouge(text, reference)]));
  const lengthSec = (captions.cues.at(-1)?.endMs ?? 0) / 1000;
  const found = chapters.flatMap(({ place }) => (place.kind === 'time' ? [place.startMs / 1000] : [])).slice(1);
  const even = found.map((_, i) => ((i + 1) * lengthSec) / (found.length + 1));
  return {
    set,
    name,
    overview,
    ours: score(overview),
    lead: score(lead),
    chapters:
      borders.length === 0
        ? null
        : { ours: compare(found, borders, lengthSec), even: compare(even, borders, lengthSec) },
  };
}

function compare(found: readonly number[], truth: readonly number[], lengthSec: number): Borders {
  const [f10, f30, f60] = [10, 30, 60].map((tolerance) => borderF1(found, truth, tolerance)) as [
    number,
    number,
    number,
  ];
  return { count: found.length + 1, f10, f30, f60, ...pkAndWindowDiff(found, truth, lengthSec) };
}

async function lectures(): Promise<Case[]> {
  const folder = join(DATA, 'lectures_nyu_dl');
  const overviews = z
    .array(z.object({ video: z.string(), reference: z.string(), notes: z.string() }))
    .parse(readJson(join(folder, 'overviews.json')));
  const gold = z
    .array(z.object({ video: z.string(), kind: z.string(), start: z.number() }))
    .parse(readJson(join(folder, 'gold.json')));
  return Promise.all(
    overviews.map(async ({ video, reference, notes }) => {
      const { track } = await readCaptionFile(join(folder, 'transcripts', `${video}.vtt`));
      const starts = gold.filter((one) => one.video === video && one.kind === 'heading').map((one) => one.start);
      // The first heading begins after the greeting; it is a border where that takes more than a minute.
      const borders = starts.filter((start) => start > 60);
      return { set: 'lectures', name: video, captions: track, references: { overview: reference, notes }, borders };
    }),
  );
}

async function captioned(): Promise<Case[]> {
  const pairs = [
    ['itaccess_captions_en.vtt', 'itaccess_chapters_en.vtt'],
    ['frenchsong_captions_fr.vtt', 'frenchsong_chapters_fr.vtt'],
  ] as const;
  return Promise.all(
    pairs.map(async ([captions, chapters]) => {
      const { track } = await readCaptionFile(join(DATA, 'captions_ableplayer', captions));
      const declared = await readCaptionFile(join(DATA, 'captions_ableplayer', chapters));
      const borders = declared.track.cues.slice(1).map((cue) => cue.startMs / 1000);
      return { set: 'short videos', name: basename(captions, '.vtt'), captions: track, references: {}, borders };
    }),
  );
}

/** Tutorials of three minutes, five in a source, and seven stretches of five to twenty minutes out of as many lectures. */
async function glued(): Promise<Case[]> {
  const tutorials = await tracksIn('tutorials_tvqa');
  const lectures = await tracksIn('lectures_nyu_dl');
  const halves = [0, 1].flatMap((half): [string, GluedSource[]][] => {
    const ofHalf = (tracks: Map<string, CaptionTrack>) => [...tracks.values()].filter((_, i) => i % 2 === half);
    const stretchOf = (track: CaptionTrack, n: number) => between(track, 0.1 * n, 0.1 * n + 0.1 + 0.05 * (n % 3));
    return [
      ['glued tutorials', glue(ofHalf(tutorials), 5)],
      ['glued lectures', glue(ofHalf(lectures), 7, stretchOf)],
    ];
  });
  return halves.flatMap(([set, sources], i) =>
    sources.map(({ captions, borders }, n) => {
      const name = `${set} ${i < 2 ? FIRST : SECOND} ${n + 1}`;
      return { set, name, captions, references: {}, borders };
    }),
  );
}

async function tracksIn(folder: string): Promise<Map<string, CaptionTrack>> {
  const transcripts = join(DATA, folder, 'transcripts');
  const files = readdirSync(transcripts).sort();
  const tracks = await Promise.all(files.map((file) => readCaptionFile(join(transcripts, file))));
  return new Map(files.map((file, i) => [file, tracks[i]!.track]));
}

const meeting = z.object({
  topic_list: z.array(z.object({ relevant_text_span: z.array(z.tuple([z.coerce.number(), z.coerce.number()])) })),
  general_query_list: z.array(z.object({ query: z.string(), answer: z.string() })),
  meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })),
});

function meetings(): Case[] {
  const folder = join(DATA, 'meetings_qmsum');
  return readdirSync(folder).map((file) => {
    const parsed = meeting.parse(readJson(join(folder, file)));
    let atMs = 0;
    const cues = parsed.meeting_transcripts.map(({ speaker, content }) => {
      const startMs = atMs;
      atMs += Math.round((Math.max(1, content.split(/\s+/).length) / WORDS_PER_SECOND) * 1000);
      return { startMs, endMs: atMs, text: content, speaker };
    });
    const starts = parsed.topic_list.flatMap((topic) => topic.relevant_text_span.map(([first]) => first));
    const borders = [...new Set(starts)].sort((a, b) => a - b).filter((turn) => turn > 0);
    const whole = parsed.general_query_list.find((one) => /summarize/i.test(one.query))?.answer ?? '';
    return {
      set: 'meetings',
      name: basename(file, '.json'),
      captions: { origin: { kind: 'file', path: file }, lang: 'en', cues },
      references: { overview: whole },
      borders: borders.map((turn) => (cues[turn]?.startMs ?? 0) / 1000),
    };
  });
}

function summaryRows(): string[][] {
  return groups().flatMap(([set, label, members]) =>
    ['overview', 'notes'].flatMap((reference) => {
      const scored = members.filter((one) => one.ours[reference] !== undefined);
      if (scored.length === 0) return [];
      const cells = (['r1', 'r2', 'rL'] as const).map((key) => {
        const [ours, lead] = [
          mean(scored.map((one) => one.ours[reference]![key])),
          mean(scored.map((one) => one.lead[reference]![key])),
        ];
        return `${percent(ours)} / ${percent(lead)}${standing(ours - lead)}`;
      });
      return [[set, `${label} (${scored.length})`, reference, ...cells]];
    }),
  );
}

function chapterRows(): string[][] {
  return groups().flatMap(([set, label, members]) => {
    const scored = members.flatMap((one) => one.chapters ?? []);
    if (scored.length === 0) return [];
    const cells = (['count', 'f10', 'f30', 'f60', 'pk', 'wd'] as const).map((key) => {
      const [ours, even] = [mean(scored.map((one) => one.ours[key])), mean(scored.map((one) => one.even[key]))];
      if (key === 'count') return ours.toFixed(1);
      const ahead = key === 'pk' || key === 'wd' ? even - ours : ours - even;
      return `${percent(ours)} / ${percent(even)}${standing(ahead)}`;
    });
    return [[set, `${label} (${scored.length})`, ...cells]];
  });
}

function groups(): [string, string, Result[]][] {
  return [...new Set(results.map((one) => one.set))].flatMap((set) => {
    const members = results.filter((one) => one.set === set);
    const isSecond = ({ name }: Result) => SECOND_HALF.has(name) || name.includes(SECOND);
    const second = members.filter(isSecond);
    const first = members.filter((one) => !isSecond(one));
    const parts: [string, string, Result[]][] = [[set, 'all', members]];
    if (second.length > 0) parts.push([set, 'first half', first], [set, 'second half', second]);
    return parts;
  });
}

/** Level: where chapters are shorter than the tolerance, any borders agree with the true ones. */
function standing(ahead: number): string {
  return ahead > 0 ? '' : ahead === 0 ? ' level' : ' behind';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const cases = [...(await lectures()), ...(await captioned()), ...meetings(), ...(await glued())];
const results: Result[] = [];
for (const one of cases) results.push(await measure(one));
const tables = [
  printTable(
    'Overviews of the reader engine: ROUGE F1, ours / lead of the same length',
    ['set', 'sources', 'against', 'ROUGE-1', 'ROUGE-2', 'ROUGE-L'],
    summaryRows(),
  ),
  printTable(
    'Chapters of the reader engine: ours / even split into as many',
    [
      'set',
      'sources',
      'chapters',
      'F1 in 10 s',
      'F1 in 30 s',
      'F1 in 60 s',
      'Pk (less is better)',
      'WindowDiff (less is better)',
    ],
    chapterRows(),
  ),
];
if (process.argv.includes('--show')) for (const { name, overview } of results) console.log(`\n## ${name}\n${overview}`);
saveTable('quality-summary', ...tables);
