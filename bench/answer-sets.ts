// The questions that the benches of answers ask, each set with the library it is asked in. A question about one source is asked of
// that source, and of one that has nothing to do with it; the demo's are asked of lecture and manual at once, where those that
// neither answers are the foreign ones. The last two sets ask about places drawn at random, with which nothing was tuned.
import path from 'node:path';
import { resolveConfig } from '../src/config.ts';
import { indexSources } from '../pipelines/index-sources.ts';
import type { AnswerRequest } from '../src/query/answer.ts';
import type { Citation } from '../src/query/citations.ts';
import { openLibrary } from '../src/store/sqlite-library.ts';
import type { Library } from '../src/store/library.ts';
import { DEMO_QUESTIONS, type DemoQuestion } from './demo-questions.ts';
import { DRAWN_ROWS, FACT_QUESTIONS, type FactQuestions, TABLE_QUESTIONS } from './fact-questions.ts';
import { DATA, readGold } from './gold.ts';
import { SAMPLED_QUESTIONS, type SampledQuestions } from './sampled-questions.ts';
import { SECOND_DRAW } from './second-draw.ts';

type Place = Pick<Citation, 'startMs' | 'endMs' | 'pageIndex' | 'quote'>;

export interface Asking {
  readonly query: string;
  /** The only source that is asked; undefined for all of the library. */
  readonly path: string | undefined;
  /** Whether what is asked holds the answer. */
  readonly isHome: boolean;
  readonly isRight: (first: Place) => boolean;
}

export interface AskedSet {
  readonly name: string;
  /** To check with, never to choose by. */
  readonly isHeldOut?: true;
  readonly numQuestions: number;
  readonly askings: readonly Asking[];
}

/** Sets that share a library: how rare a word is depends on what else is there. */
export interface AskedLibrary {
  readonly name: string;
  readonly paths: readonly string[];
  readonly sets: readonly AskedSet[];
}

const manual = path.join(DATA, 'manual_smart_tv/smart_tv_manual.pdf');
const lecture = path.join(DATA, 'lectures_nyu_dl/transcripts/lecture01.vtt');
const DEMO = path.join(import.meta.dirname, '../data');
const DEMO_PATHS = ['lectures/gradient-descent.vtt', 'manuals/gnuplot.pdf'].map((file) => path.join(DEMO, file));

/** @param folder where libraries, and caption files made of the meetings, are written. */
export function askedLibraries(folder: string): AskedLibrary[] {
  const sets = goldSets(folder);
  const isMeetings = ({ name }: AskedSet) => name.includes('meetings');
  return [
    libraryOf(
      'library',
      sets.filter((set) => !isMeetings(set)),
    ),
    libraryOf('meetings', sets.filter(isMeetings)),
    { name: 'demo', paths: DEMO_PATHS, sets: [demoSet()] },
    libraryOf('random', [sampledSet('places drawn at random', SAMPLED_QUESTIONS, folder)]),
    libraryOf('second', [{ ...sampledSet('a second draw', SECOND_DRAW, folder), isHeldOut: true }]),
    libraryOf('facts', factSets()),
  ];
}

/** A library with these files alone. */
export async function openAsked(folder: string, { name, paths }: AskedLibrary): Promise<Library> {
  const library = await openLibrary(path.join(folder, name));
  const config = resolveConfig({ library: library.folder, engine: 'reader', ocr: 'off' });
  await indexSources(library, config, { paths, signal: new AbortController().signal, report: () => {} });
  return library;
}

export async function requestOf(library: Library, { query, path: file }: Asking): Promise<AnswerRequest> {
  if (file === undefined) return { question: query };
  const source = await library.findSource(file);
  if (source === undefined) throw new Error(`${file} is not in the library`);
  return { question: query, sourceIds: [source.id] };
}

function libraryOf(name: string, sets: readonly AskedSet[]): AskedLibrary {
  const paths = sets.flatMap(({ askings }) => askings.flatMap((one) => one.path ?? []));
  return { name, paths: [...new Set(paths)], sets };
}

function goldSets(folder: string): AskedSet[] {
  return readGold(folder).flatMap((set): AskedSet[] => {
    if (set.kind === 'paged' && set.name.includes('TV')) {
      const askings = set.questions.flatMap(({ query, path: file, pageIndexes }) =>
        ofBoth(query, file, lecture, ({ pageIndex }) => pageIndex !== null && pageIndexes.includes(pageIndex)),
      );
      return [{ name: set.name, numQuestions: set.questions.length, askings }];
    }
    if (set.kind === 'timed' && /tutorial|who said/.test(set.name)) {
      // Tutorials are marked roughly, turns to the second.
      const slackMs = set.name.includes('tutorial') ? 60_000 : 0;
      const askings = set.questions.flatMap(({ query, path: file, spans }) =>
        ofBoth(query, file, manual, ({ startMs: at }) =>
          spans.some(({ startMs, endMs }) => at !== null && at >= startMs - slackMs && at < endMs + slackMs),
        ),
      );
      return [{ name: set.name, numQuestions: set.questions.length, askings }];
    }
    return [];
  });
}

function sampledSet(name: string, draw: readonly SampledQuestions[], folder: string): AskedSet {
  const askings = draw.flatMap(({ file, questions }) =>
    questions.flatMap((one) =>
      ofBoth(one.question, placeOf(file, folder), one.pages === undefined ? manual : lecture, (at) =>
        isAtPlace(one, at),
      ),
    ),
  );
  return { name, numQuestions: askings.length / 2, askings };
}

/** Of the facts every other question is held out, of figures in tables those drawn later. */
function factSets(): AskedSet[] {
  const facts = askingsOf(FACT_QUESTIONS);
  const isEven = (_: unknown, i: number) => i % 2 === 0;
  const sets = [
    { name: 'facts', questions: facts.filter(isEven) },
    { name: 'facts, held out', isHeldOut: true as const, questions: facts.filter((one, i) => !isEven(one, i)) },
    { name: 'figures in tables', questions: askingsOf(TABLE_QUESTIONS) },
    { name: 'figures in tables, held out', isHeldOut: true as const, questions: askingsOf(DRAWN_ROWS) },
  ];
  return sets.map(({ questions, ...set }) => ({ ...set, numQuestions: questions.length, askings: questions.flat() }));
}

function askingsOf(asked: readonly FactQuestions[]): Asking[][] {
  return asked.flatMap(({ file, questions }) =>
    questions.map(({ question, fact }) => {
      const foreign = file.endsWith('.pdf') ? lecture : manual;
      return ofBoth(question, path.join(DATA, file), foreign, ({ quote }) => fact.test(quote.replace(/\s+/g, ' ')));
    }),
  );
}

function demoSet(): AskedSet {
  const askings = DEMO_QUESTIONS.map((one) => ({
    query: one.question,
    path: undefined,
    isHome: one.spans !== undefined || one.pages !== undefined,
    isRight: (at: Place) => isAtPlace(one, at),
  }));
  return { name: 'demo, lecture and manual at once', numQuestions: askings.length, askings };
}

function ofBoth(query: string, own: string, foreign: string, isRight: Asking['isRight']): Asking[] {
  return [
    { query, path: own, isHome: true, isRight },
    { query, path: foreign, isHome: false, isRight },
  ];
}

function placeOf(file: string, folder: string): string {
  const [room, ...rest] = file.split('/');
  if (room === 'demo') return path.join(DEMO, ...rest);
  return room === 'meetings' ? path.join(folder, ...rest) : path.join(DATA, file);
}

function isAtPlace({ spans = [], pages = [] }: DemoQuestion, { pageIndex, startMs, endMs }: Place): boolean {
  if (pageIndex !== null) return pages.some(([from, to]) => pageIndex + 1 >= from && pageIndex + 1 <= to);
  return spans.some(([from, to]) => (endMs ?? 0) > from * 1000 && (startMs ?? 0) < to * 1000);
}
