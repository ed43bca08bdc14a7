// The questions with known places that the quality bench asks, read from ../shared/data: lectures, screen tutorials, meetings
// (their turns made into captions at 2.5 words a second), manuals and reports.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { formatTimestamp, type Span } from '../src/time.ts';
import { askAboutSpeakers } from './speaker-questions.ts';

export const DATA = path.resolve(import.meta.dirname, '../../shared/data');

export interface TimedQuestion {
  readonly query: string;
  /** Absolute path of the caption file that holds the answer. */
  readonly path: string;
  readonly spans: readonly Span[];
}

export interface PageQuestion {
  readonly query: string;
  readonly path: string;
  /** 0-based. */
  readonly pageIndexes: readonly number[];
}

export interface TimedSet {
  readonly kind: 'timed';
  readonly name: string;
  readonly files: readonly string[];
  readonly questions: readonly TimedQuestion[];
  /** Window and step of the naive baseline, in seconds. */
  readonly windowSec: number;
  readonly stepSec: number;
}

export interface PagedSet {
  readonly kind: 'paged';
  readonly name: string;
  readonly files: readonly string[];
  readonly questions: readonly PageQuestion[];
}

export type GoldSet = TimedSet | PagedSet;

const timedGold = z.array(
  z.object({ video: z.string(), kind: z.string().optional(), query: z.string(), start: z.number(), end: z.number() }),
);
const pagedGold = z.array(z.object({ doc: z.string(), query: z.string(), pages: z.array(z.number().int()) }));
const meeting = z.object({
  specific_query_list: z.array(
    z.object({ query: z.string(), relevant_text_span: z.array(z.tuple([z.coerce.number(), z.coerce.number()])) }),
  ),
  meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })),
});

/** @param folder where caption files made of the meetings are written. */
export function readGold(folder: string): GoldSet[] {
  const lectures = timedSet('lectures', 'lectures_nyu_dl', 60, 30);
  return [
    { ...lectures.set, name: 'lectures, headings', questions: lectures.questionsOf('heading') },
    { ...lectures.set, name: 'lectures, sentences', questions: lectures.questionsOf('note_sentence') },
    timedSet('tutorials', 'tutorials_tvqa', 30, 15).set,
    ...meetingSets(folder),
    pagedSet('manual, gnuplot', 'manual_gnuplot'),
    pagedSet('manual, smart TV', 'manual_smart_tv'),
    pagedSet('reports', 'reports_financebench'),
  ];
}

function timedSet(name: string, folder: string, windowSec: number, stepSec: number) {
  const transcripts = path.join(DATA, folder, 'transcripts');
  const files = readdirSync(transcripts).map((file) => path.join(transcripts, file));
  const rows = timedGold.parse(readJson(path.join(DATA, folder, 'gold.json')));
  const questionsOf = (kind?: string): TimedQuestion[] =>
    rows
      .filter((row) => kind === undefined || row.kind === kind)
      .map(({ query, video, start, end }) => ({
        query,
        path: path.join(transcripts, `${video}.vtt`),
        spans: [{ startMs: start * 1000, endMs: end * 1000 }],
      }));
  const set: TimedSet = { kind: 'timed', name, files, questions: questionsOf(), windowSec, stepSec };
  return { set, questionsOf };
}

function pagedSet(name: string, folder: string): PagedSet {
  const rows = pagedGold.parse(readJson(path.join(DATA, folder, 'gold.json')));
  const questions = rows.map(({ doc, query, pages }) => ({
    query,
    path: path.join(DATA, folder, doc),
    pageIndexes: pages.map((page) => page - 1),
  }));
  return { kind: 'paged', name, files: [...new Set(questions.map((question) => question.path))], questions };
}

const WORDS_PER_SECOND = 2.5;
const WORDS_PER_CUE = 12;

function meetingSets(folder: string): TimedSet[] {
  mkdirSync(folder, { recursive: true });
  const source = path.join(DATA, 'meetings_qmsum');
  const sets = readdirSync(source).map((file) => {
    const { specific_query_list: asked, meeting_transcripts: turns } = meeting.parse(readJson(path.join(source, file)));
    const { vtt, turnSpans } = speakTurns(turns);
    const target = path.join(folder, `${path.basename(file, '.json')}.vtt`);
    writeFileSync(target, vtt);
    const questions = asked.map(({ query, relevant_text_span: ranges }) => ({
      query,
      path: target,
      spans: ranges.map(([first, last]) => ({
        startMs: turnSpans[first]!.startMs,
        endMs: turnSpans[Math.min(last, turnSpans.length - 1)]!.endMs,
      })),
    }));
    const spoken = askAboutSpeakers(turns.map((turn, i) => ({ ...turn, ...turnSpans[i]! })));
    return { file: target, questions, spoken: spoken.map((question) => ({ ...question, path: target })) };
  });
  const files = sets.map(({ file }) => file);
  const both = { kind: 'timed', files, windowSec: 60, stepSec: 30 } as const;
  return [
    { ...both, name: 'meetings', questions: sets.flatMap(({ questions }) => questions) },
    { ...both, name: 'meetings, who said it', questions: sets.flatMap(({ spoken }) => spoken) },
  ];
}

/** A transcript without times as WebVTT: a steady pace, a voice a turn, long turns cut into cues. */
function speakTurns(turns: readonly { speaker: string; content: string }[]): { vtt: string; turnSpans: Span[] } {
  const blocks = ['WEBVTT'];
  const turnSpans: Span[] = [];
  let clockMs = 0;
  for (const { speaker, content } of turns) {
    const startMs = clockMs;
    // {vocalsound}, {disfmarker}: notes of the transcribers.
    const words = content
      .replace(/\{\w+\}/g, ' ')
      .split(/\s+/)
      .filter(Boolean);
    for (let i = 0; i < Math.max(1, words.length); i += WORDS_PER_CUE) {
      const cue = words.slice(i, i + WORDS_PER_CUE);
      const endMs = clockMs + Math.round((Math.max(1, cue.length) / WORDS_PER_SECOND) * 1000);
      const text = cue.join(' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      const voice = speaker.replaceAll('&', '&amp;').replaceAll('>', '');
      if (text !== '') blocks.push(`${formatTimestamp(clockMs)} --> ${formatTimestamp(endMs)}\n<v ${voice}>${text}`);
      clockMs = endMs;
    }
    turnSpans.push({ startMs, endMs: clockMs });
  }
  return { vtt: `${blocks.join('\n\n')}\n`, turnSpans };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
