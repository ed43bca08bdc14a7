// Does `ask` answer from the right place, and keep quiet where the source holds nothing? Every question is asked of the
// source that it was written for, and of one that has nothing to do with it. A wrong abstention and a wrong answer are both
// counted; a quote that was not found in the source again would be counted, too. The demo's questions are asked of lecture and
// manual at once; there, those that neither answers are the foreign ones. The last rows ask about places drawn at random, with
// which nothing was tuned.
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolveConfig } from '../src/config.ts';
import { indexSources } from '../pipelines/index-sources.ts';
import { answerQuestion, type Answer } from '../src/query/answer.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import type { Library } from '../src/store/library.ts';
import { DEMO_QUESTIONS, type DemoQuestion } from './demo-questions.ts';
import { DATA, readGold } from './gold.ts';
import { SAMPLED_QUESTIONS, type SampledQuestions } from './sampled-questions.ts';
import { SECOND_DRAW } from './second-draw.ts';
import { printTable, saveTable } from './table.ts';

interface AskedSet {
  readonly name: string;
  readonly questions: readonly {
    readonly query: string;
    readonly path: string;
    readonly isRight: (answer: Answer) => boolean;
    /** A source that does not hold the answer. */
    readonly foreign: string;
  }[];
}

const manual = path.join(DATA, 'manual_smart_tv/smart_tv_manual.pdf');
const lecture = path.join(DATA, 'lectures_nyu_dl/transcripts/lecture01.vtt');
const DEMO = path.join(import.meta.dirname, '../data');

function readSets(folder: string): AskedSet[] {
  return readGold(folder).flatMap((set): AskedSet[] => {
    if (set.kind === 'paged' && set.name.includes('TV')) {
      const questions = set.questions.map(({ query, path: file, pageIndexes }) => ({
        query,
        path: file,
        foreign: lecture,
        isRight: ({ citations: [first] }: Answer) =>
          first !== undefined && first.pageIndex !== null && pageIndexes.includes(first.pageIndex),
      }));
      return [{ name: set.name, questions }];
    }
    if (set.kind === 'timed' && /tutorial|who said/.test(set.name)) {
      // Tutorials are marked roughly, turns to the second.
      const slackMs = set.name.includes('tutorial') ? 60_000 : 0;
      const questions = set.questions.map(({ query, path: file, spans }) => ({
        query,
        path: file,
        foreign: manual,
        isRight: ({ citations: [first] }: Answer) =>
          spans.some(
            (span) =>
              first !== undefined &&
              first.startMs !== null &&
              first.startMs >= span.startMs - slackMs &&
              first.startMs < span.endMs + slackMs,
          ),
      }));
      return [{ name: set.name, questions }];
    }
    return [];
  });
}

function sampledSet(name: string, draw: readonly SampledQuestions[]): AskedSet {
  const questions = draw.flatMap(({ file, questions: asked }) =>
    asked.map((one) => ({
      query: one.question,
      path: placeOf(file),
      foreign: one.pages === undefined ? manual : lecture,
      isRight: (answer: Answer) => isAtPlace(one, answer),
    })),
  );
  return { name, questions };
}

function placeOf(file: string): string {
  const [room, ...rest] = file.split('/');
  if (room === 'demo') return path.join(DEMO, ...rest);
  return room === 'meetings' ? path.join(folder, ...rest) : path.join(DATA, file);
}

async function ask(library: Library, question: string, file: string): Promise<Answer> {
  const source = await library.findSource(file);
  if (source === undefined) throw new Error(`${file} is not in the library`);
  return answerQuestion(library, { question, sourceIds: [source.id] });
}

/** A library with these files alone: how rare a word is depends on what else is there. */
async function openWith(name: string, paths: readonly string[]): Promise<Library> {
  const library = await openLibrary(path.join(folder, name));
  const config = resolveConfig({ library: library.folder, engine: 'reader', ocr: 'off' });
  await indexSources(library, config, { paths, signal: new AbortController().signal, report: () => {} });
  return library;
}

async function setRows(name: string, sets: readonly AskedSet[]): Promise<string[][]> {
  const paths = [...new Set(sets.flatMap(({ questions }) => questions.flatMap((one) => [one.foreign, one.path])))];
  await using library = await openWith(name, paths);
  const rows: string[][] = [];
  for (const set of sets) rows.push(await setRow(library, set));
  return rows;
}

async function demoRow(): Promise<string[]> {
  const paths = ['lectures/gradient-descent.vtt', 'manuals/gnuplot.pdf'].map((file) => path.join(DEMO, file));
  await using demo = await openWith('demo', paths);
  const answered: { asked: DemoQuestion; answer: Answer }[] = [];
  for (const asked of DEMO_QUESTIONS) {
    answered.push({ asked, answer: await answerQuestion(demo, { question: asked.question }) });
  }
  const [home, foreign] = [true, false].map((isHome) =>
    answered.filter(({ asked }) => isHome === (asked.spans !== undefined || asked.pages !== undefined)),
  ) as [typeof answered, typeof answered];
  const given = home.filter(({ answer }) => !answer.abstained);
  const citations = answered.flatMap(({ answer }) => answer.citations);
  return [
    'demo, lecture and manual at once',
    String(DEMO_QUESTIONS.length),
    percent(given.length, home.length),
    percent(given.filter(({ asked, answer }) => isAtPlace(asked, answer)).length, given.length),
    percent(foreign.filter(({ answer }) => answer.abstained).length, foreign.length),
    percent(citations.filter(({ verified }) => verified).length, citations.length),
  ];
}

function isAtPlace({ spans = [], pages = [] }: DemoQuestion, { citations: [first] }: Answer): boolean {
  if (first === undefined) return false;
  const { pageIndex } = first;
  if (pageIndex !== null) return pages.some(([from, to]) => pageIndex + 1 >= from && pageIndex + 1 <= to);
  return spans.some(([from, to]) => (first.endMs ?? 0) > from * 1000 && (first.startMs ?? 0) < to * 1000);
}

const percent = (part: number, whole: number) => `${((100 * part) / Math.max(1, whole)).toFixed(0)} %`;

async function setRow(library: Library, { name, questions }: AskedSet): Promise<string[]> {
  let answered = 0;
  let right = 0;
  let quotes = 0;
  let verified = 0;
  let quietOnForeign = 0;
  for (const { query, path: file, foreign, isRight } of questions) {
    const answer = await ask(library, query, file);
    if (!answer.abstained) answered += 1;
    if (isRight(answer)) right += 1;
    quotes += answer.citations.length;
    verified += answer.citations.filter((one) => one.verified).length;
    if ((await ask(library, query, foreign)).abstained) quietOnForeign += 1;
  }
  return [
    name,
    String(questions.length),
    percent(answered, questions.length),
    percent(right, answered),
    percent(quietOnForeign, questions.length),
    percent(verified, quotes),
  ];
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'lectern-answers-'));
const sets = readSets(folder);
const rows = [
  ...(await setRows(
    'library',
    sets.filter(({ name }) => !name.includes('meetings')),
  )),
  ...(await setRows(
    'meetings',
    sets.filter(({ name }) => name.includes('meetings')),
  )),
  await demoRow(),
  ...(await setRows('random', [sampledSet('places drawn at random', SAMPLED_QUESTIONS)])),
  ...(await setRows('second', [sampledSet('a second draw', SECOND_DRAW)])),
];
const header = [
  'questions',
  'number',
  'answered in its own source',
  'of those, first citation right',
  'quiet in a foreign source',
  'quotes verified',
];
saveTable('answers', printTable('Answers and abstention of the reader engine', header, rows));
