// Do words find the compounds that they are part of, and compounds the words they are made of? Searches of one source in German, Dutch
// or Swedish with compounds, without them, and by naive BM25, all in one run. The sources are small ones of our own and, where
// Debian's gimp-help-de, -nl and -sv are installed, the help of GIMP, one page a file.
// `node bench/compounds.ts [--gimp FOLDER] [--misses]`: the folder that holds a folder for each language.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sha256 } from '../src/hash.ts';
import { answerQuestion } from '../src/query/answer.ts';
import { search } from '../src/query/search.ts';
import type { Library, SourceContent, SourceKind } from '../src/store/library.ts';
import { detectLanguage } from '../src/text/language.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import { NaiveBm25 } from './baseline-bm25.ts';
import { ASKED, type CompoundQuestion, GIMP_QUESTIONS, OWN_QUESTIONS } from './compound-questions.ts';
import { printTable, saveTable } from './table.ts';

/** A page, or a sentence of a talk. */
interface Piece {
  /** What questions call it. */
  readonly name: string;
  readonly text: string;
}

interface BenchSource {
  readonly name: string;
  readonly lang: string;
  readonly kind: SourceKind;
  readonly pieces: readonly Piece[];
  readonly questions: readonly CompoundQuestion[];
}

/** Indices of the pieces found, best first. */
type Searcher = (query: string) => Promise<readonly number[]> | readonly number[];

const CUE_MS = 5_000;
const LIMIT = 5;
const ownFolder = path.join(import.meta.dirname, 'compounds');
const gimpFolder = valueOf('--gimp') ?? '/usr/share/gimp/2.0/help';
const printsMisses = process.argv.includes('--misses');

function valueOf(flag: string): string | undefined {
  const at = process.argv.indexOf(flag);
  return at < 0 ? undefined : process.argv[at + 1];
}

function readOwn(): BenchSource[] {
  return Object.entries(OWN_QUESTIONS).map(([file, questions]) => {
    const text = readFileSync(path.join(ownFolder, file), 'utf8').trim();
    const lang = file.split('.')[1]!;
    const pages = text.split(/^# /m).slice(1);
    if (pages.length === 0) {
      const pieces = text.split('\n').map((line) => ({ name: line, text: line }));
      return { name: file, lang, kind: 'transcript', pieces, questions };
    }
    const pieces = pages.map((page) => ({ name: page.split('\n')[0]!, text: page.trim() }));
    return { name: file, lang, kind: 'document', pieces, questions };
  });
}

function readGimp(): BenchSource[] {
  return Object.entries(GIMP_QUESTIONS).flatMap(([lang, questions]): BenchSource[] => {
    const folder = path.join(gimpFolder, lang);
    if (!existsSync(folder)) {
      process.stdout.write(`Skipped: help of GIMP in ${lang}, not in ${folder} (Debian: gimp-help-${lang}).\n`);
      return [];
    }
    const files = readdirSync(folder).filter((file) => file.endsWith('.html'));
    const pieces = files.sort().map((file) => {
      return { name: path.basename(file, '.html'), text: readHtml(path.join(folder, file)) };
    });
    // What nobody has translated can't be found by words of the language.
    const isTranslated = new Map(pieces.map(({ name, text }) => [name, detectLanguage(text)?.lang === lang]));
    const answerable = questions.filter(({ at }) => at.some((name) => isTranslated.get(name) === true));
    return [{ name: `GIMP help, ${lang}`, lang, kind: 'document', pieces, questions: answerable }];
  });
}

/** The title in the first line, then the text between the bars of links. */
function readHtml(file: string): string {
  const html = readFileSync(file, 'utf8');
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '';
  const body = html.replace(/[^]*?<body[^]*?<hr[^>]*>/, '').replace(/<div class="navfooter">[^]*/, '');
  const text = body.replace(/<\/(?:p|h\d|li|dt|dd|td|div)>/g, '\n').replace(/<[^>]+>/g, ' ');
  return `${plain(title)}\n${plain(text)}`;
}

function plain(html: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };
  return html
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(\w+);/g, (whole, name: string) => named[name] ?? whole)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\n\s*/g, '\n')
    .trim();
}

function contentOf({ kind, pieces, lang }: BenchSource): SourceContent {
  const none = { slides: [], slideTexts: [], events: [], chapters: [], summary: null };
  if (kind === 'transcript') {
    const cues = pieces.map(({ text }, i) => ({ startMs: i * CUE_MS, endMs: (i + 1) * CUE_MS, text }));
    const captions = { origin: { kind: 'file' as const, path: '/talk.vtt' }, lang, cues };
    return { ...none, captions, pages: [], document: null };
  }
  const pages = pieces.map(({ text }, pageIndex) => {
    const headings = [{ text: text.split('\n')[0]!, level: 1, offset: 0 }];
    return { pageIndex, label: null, text, headings, links: [], textSource: 'text' as const };
  });
  const document = { numPages: pages.length, title: null, outline: [], outlineSource: 'headings' as const };
  return { ...none, captions: null, pages, document };
}

async function save(library: Library, source: BenchSource): Promise<string> {
  const { name, kind, lang, pieces } = source;
  const contentHash = sha256(name);
  const id = contentHash.slice(0, 16);
  const isTalk = kind === 'transcript';
  await library.saveSource(
    {
      ...{ id, contentHash, path: `/${name}`, kind, title: name, lang, numEvents: 0, engine: 'reader' },
      durationMs: isTalk ? pieces.length * CUE_MS : null,
      numPages: isTalk ? null : pieces.length,
      ...{ status: 'indexed', error: null, video: null, fingerprint: 'bench', indexedAt: new Date(0) },
    },
    contentOf(source),
  );
  return id;
}

function ourSearch(library: Library, sourceId: string): Searcher {
  return async (query) => {
    const { hits } = await search(library, { query, limit: LIMIT, sourceIds: [sourceId] });
    return hits.map(({ pageIndex, startMs }) => pageIndex ?? Math.round(startMs! / CUE_MS));
  };
}

/** A library of the same sources that knows no compounds. */
function withoutCompounds(library: Library): Library {
  return new Proxy(library, {
    get(target, name) {
      if (name === 'findCompounds') return (words: readonly string[]) => Promise.resolve(words.map(() => []));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

function naiveSearch({ pieces }: BenchSource): Searcher {
  const naive = new NaiveBm25(pieces.map(({ text }, place) => ({ place, text })));
  return (query) => naive.search(query, LIMIT);
}

/** 1 where one of the first hits is right; a moment also where it begins a sentence before. Where there is nothing: 1 for no hit. */
function score({ kind, pieces }: BenchSource, { at }: CompoundQuestion, found: readonly number[]): number {
  if (at.length === 0) return found.length === 0 ? 1 : 0;
  const isRight = (i: number | undefined) =>
    i !== undefined &&
    at.some((name) => pieces[i]?.name.startsWith(name) === true && (kind === 'transcript' || pieces[i].name === name));
  return found.some((i) => isRight(i) || (kind === 'transcript' && isRight(i + 1))) ? 1 : 0;
}

async function measure(source: BenchSource, searchers: Readonly<Record<string, Searcher>>): Promise<string[][]> {
  const asked = source.questions.filter(({ at }) => at.length > 0);
  const absent = source.questions.filter(({ at }) => at.length === 0);
  const cells = await Promise.all(
    Object.entries(searchers).map(async ([who, searcher]) => {
      const rate = async (questions: readonly CompoundQuestion[], first: number) => {
        let sum = 0;
        for (const question of questions) {
          const found = (await searcher(question.query)).slice(0, first);
          const right = score(source, question, found);
          if (printsMisses && right === 0) report(source, who, first, question, found);
          sum += right;
        }
        return questions.length === 0 ? '' : (sum / questions.length).toFixed(3);
      };
      return [await rate(asked, 1), await rate(asked, LIMIT), await rate(absent, 1)];
    }),
  );
  const names = [`hit@1 of ${asked.length}`, `hit@${LIMIT}`, `no match of ${absent.length}`];
  return names.flatMap((metric, i) =>
    cells[0]![i] === '' ? [] : [[source.name, metric, ...cells.map((of) => of[i]!)]],
  );
}

/** Right answers, wrong ones and silences where there is an answer, then answers where there is none. */
async function countAnswers(who: string, library: Library, sourceIds: readonly string[]): Promise<string[]> {
  const counts = { right: 0, wrong: 0, silent: 0, made: 0 };
  for (const { query, at } of ASKED) {
    const { abstained, answer } = await answerQuestion(library, { question: query, sourceIds });
    if (at.length === 0) counts.made += abstained ? 0 : 1;
    else if (abstained) counts.silent++;
    else if (at.some((part) => answer.includes(part))) counts.right++;
    else counts.wrong++;
  }
  return [who, ...Object.values(counts).map(String)];
}

function report(
  { name, pieces }: BenchSource,
  who: string,
  first: number,
  { query, at }: CompoundQuestion,
  found: readonly number[],
) {
  const names = found.map((i) => pieces[i]?.name ?? '?').join(', ');
  process.stdout.write(
    `${name}, ${who}, first ${first}: ${query}: ${names || 'nothing'}, not ${at.join(' | ') || 'nothing'}\n`,
  );
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-compounds-'));
try {
  await using library = await openLibrary(folder);
  const rows: string[][] = [];
  const ids: string[] = [];
  for (const source of [...readOwn(), ...readGimp()]) {
    const id = await save(library, source);
    ids.push(id);
    rows.push(
      ...(await measure(source, {
        with: ourSearch(library, id),
        without: ourSearch(withoutCompounds(library), id),
        naive: naiveSearch(source),
      })),
    );
  }
  const table = printTable(
    'Words of compounds: share of queries whose place is found in a source, with and without compounds, beside naive BM25',
    ['source', 'metric', 'Lectern', 'without compounds', 'naive'],
    rows,
  );
  const german = ids.slice(0, 2);
  const answers = printTable(
    `Answers to ${ASKED.length} questions about the first two sources, of which some have none there`,
    ['compounds', 'right', 'wrong', 'silent', 'answered though not there'],
    [await countAnswers('with', library, german), await countAnswers('without', withoutCompounds(library), german)],
  );
  saveTable('compounds', table, answers);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
