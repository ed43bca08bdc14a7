// How well search finds places that people marked: lectures, tutorials and meetings by time, manuals and reports by page, each in
// the known source and over all sources of its set, beside a naive BM25 in the same run. The whole path is used: `indexSources`
// into a library of its own for each set (kept in the system's temporary folder; unchanged files cost nothing), then `search`.
// `node bench/quality.ts [part of a set's name]`; both halves (even and odd sources or questions) are printed for the averages.
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { indexSources } from '../pipelines/index-sources.ts';
import { resolveConfig } from '../src/config.ts';
import { sha256 } from '../src/hash.ts';
import { search } from '../src/query/search.ts';
import type { Library } from '../src/store/library.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import { cutWindows, type NaiveDocument, NaiveBm25 } from './baseline-bm25.ts';
import { type GoldSet, type PageQuestion, readGold, type TimedQuestion } from './gold.ts';
import { average, type PageHit, scorePages, type Scores, scoreTimes, type TimedHit } from './retrieval-metrics.ts';
import { printTable, saveTable } from './table.ts';

type Place = TimedHit | PageHit;
type Question = TimedQuestion | PageQuestion;
/** `path`: the source to search in; everywhere where absent. */
type Searcher = (query: string, path?: string) => Promise<readonly Place[]> | readonly Place[];

const LIMIT = 10;
const folder = path.join(os.tmpdir(), 'lectern-bench');
const onlyNamed = process.argv[2] ?? '';

async function indexSet({ files }: GoldSet): Promise<Library> {
  // The format of a library may change with the store's code; everything else that indexing depends on is in its fingerprints.
  const name = sha256([...files, ...storeSources()].join('\n')).slice(0, 12);
  const library = await openLibrary(path.join(folder, `quality-${name}`));
  const config = resolveConfig({ library: path.join(folder, `quality-${name}`), engine: 'reader', ocr: 'off' });
  await indexSources(library, config, {
    paths: files,
    signal: new AbortController().signal,
    report: (event) => {
      if (event.type === 'source' && event.status === 'failed')
        throw new Error(`${event.path}: ${event.error?.message}`);
    },
  });
  return library;
}

function storeSources(): string[] {
  const store = path.join(import.meta.dirname, '../src/store');
  const names = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => readFileSync(path.join(store, name), 'utf8'));
}

async function ourSearch(library: Library): Promise<Searcher> {
  const ids = new Map((await library.listSources()).map((source) => [source.path, source.id]));
  return async (query, within) => {
    const sourceIds = within === undefined ? undefined : [ids.get(within)!];
    const { hits } = await search(library, { query, limit: LIMIT, ...(sourceIds && { sourceIds }) });
    return hits.map(({ startMs, endMs, pageIndex, source }) => ({
      path: source.path,
      ...(pageIndex === null ? { startMs: startMs!, endMs: endMs! } : { pageIndex }),
    }));
  };
}

async function naiveSearch(library: Library, set: GoldSet): Promise<Searcher> {
  const bySource = new Map<string, NaiveDocument<Place>[]>();
  for (const { id, path: file } of await library.listSources()) {
    if (set.kind === 'paged') {
      const pages = await library.readPages(id);
      bySource.set(
        file,
        pages.map(({ pageIndex, text }) => ({ place: { pageIndex, path: file }, text })),
      );
    } else {
      const cues = (await library.readCaptions(id))?.cues ?? [];
      const windows = cutWindows(cues, set.windowSec, set.stepSec);
      bySource.set(
        file,
        windows.map(({ place, text }) => ({ place: { ...place, path: file }, text })),
      );
    }
  }
  const within = new Map([...bySource].map(([file, documents]) => [file, new NaiveBm25(documents)]));
  const everywhere = new NaiveBm25([...bySource.values()].flat());
  return (query, file) => (file === undefined ? everywhere : within.get(file)!).search(query, LIMIT);
}

function scoreHits(hits: readonly Place[], question: Question): Scores {
  return 'spans' in question ? scoreTimes(hits as TimedHit[], question) : scorePages(hits as PageHit[], question);
}

/** Even and odd sources; even and odd questions where there are only one or two sources. */
function halfOf(set: GoldSet, question: Question, i: number): number {
  return (set.files.length > 2 ? set.files.indexOf(question.path) : i) % 2;
}

async function measure(set: GoldSet, scope: 'in source' | 'everywhere', ours: Searcher, naive: Searcher) {
  const scores: { half: number; ours: Scores; naive: Scores }[] = [];
  for (const [i, question] of set.questions.entries()) {
    const within = scope === 'in source' ? question.path : undefined;
    scores.push({
      half: halfOf(set, question, i),
      ours: scoreHits(await ours(question.query, within), question),
      naive: scoreHits(await naive(question.query, within), question),
    });
  }
  const of = (who: 'ours' | 'naive', half?: number) =>
    average(scores.filter((score) => half === undefined || score.half === half).map((score) => score[who]));
  const [all, even, odd, base] = [of('ours'), of('ours', 0), of('ours', 1), of('naive')];
  return Object.keys(all).map((metric) => [
    set.name,
    String(set.questions.length),
    scope,
    metric,
    all[metric]!.toFixed(3),
    base[metric]!.toFixed(3),
    base[metric] === 0 ? '' : `${(all[metric]! / base[metric]!).toFixed(2)}x`,
    `${even[metric]!.toFixed(3)} / ${odd[metric]!.toFixed(3)}`,
  ]);
}

const rows: string[][] = [];
for (const set of readGold(path.join(folder, 'meetings')).filter(({ name }) => name.includes(onlyNamed))) {
  await using library = await indexSet(set);
  const [ours, naive] = await Promise.all([ourSearch(library), naiveSearch(library, set)]);
  rows.push(...(await measure(set, 'in source', ours, naive)));
  if (set.files.length > 1) rows.push(...(await measure(set, 'everywhere', ours, naive)));
}
const table = printTable(
  'Retrieval: share of questions whose place is found (near: within 60 s; IoU: of the first hit), beside naive BM25',
  ['set', 'questions', 'scope', 'metric', 'Lectern', 'naive', 'ratio', 'even / odd half'],
  rows,
);
if (onlyNamed === '') saveTable('quality', table);
