// How well speech without punctuation is cut into sentences. Punctuated captions lose their punctuation and capitals, as automatic
// captions have none (a lone `I` stays), and what toUtterances makes of them is compared, word by word, with the sentences that
// their transcribers wrote. Once with the cues as they are, once in rolling cues of 32 characters at a steady pace: no pauses.
// Every second source was looked at while word classes and constants were set; the other half is the figure that counts.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { toUtterances } from '../src/events/utterances.ts';
import type { Cue } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import { sentences } from '../src/text/sentences.ts';
import { DATA } from './gold.ts';
import { printTable, saveTable } from './table.ts';

/** A run of words of one speaker; borders at its ends are given and not counted. */
interface Run {
  readonly lang: string;
  readonly words: readonly string[];
  /** Indices of words that begin a sentence, 0 left out. */
  readonly truth: ReadonlySet<number>;
  readonly cues: readonly Cue[];
  /** Indices of words that begin a cue, 0 left out. */
  readonly cueStarts: ReadonlySet<number>;
}

interface Source {
  readonly set: string;
  readonly isOdd: boolean;
  readonly runs: readonly Run[];
}

interface Counts {
  right: number;
  found: number;
  true: number;
  whole: number;
  pieces: number;
  windows: number;
  wrongWindows: number;
}

const TURN_PAUSE_MS = 5000;
const ROLLING_CHARACTERS = 32;
const ROLLING_MS = 2000;
/** About the mean of speech that is written down in sentences. */
const EVERY = 14;
/** Lectures whose captions have a sentence end every 16 words at most; the others are punctuated here and there. */
const LECTURES = ['lecture01', 'practicum04'];
/** Little is punctuated in each, so they are counted together. */
const LANGUAGES = ['de', 'fr', 'es', 'it', 'pt-br'];

/** Words without punctuation and which of them begin sentences; `cueOf`: the cue that each comes from. */
function strip(cues: readonly Cue[]): { words: string[]; truth: Set<number>; cueOf: number[] } {
  const words: string[] = [];
  const cueOf: number[] = [];
  const truth = new Set<number>();
  let offset = 0;
  const starts = new Set<number>();
  const text = cues.map(({ text }) => text).join(' ');
  for (const { start } of sentences(text)) starts.add(start);
  let opens = false;
  for (const [i, cue] of cues.entries()) {
    for (const match of cue.text.matchAll(/\S+/g)) {
      if (starts.has(offset + match.index)) opens = true;
      for (const part of match[0].split(/[–—]|--+/)) {
        const bare = part.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}%]+$/gu, '');
        if (bare === '') continue;
        if (opens) truth.add(words.length);
        opens = false;
        words.push(/^I(?:['’]|$)/.test(bare) ? bare : bare.toLowerCase());
        cueOf.push(i);
      }
    }
    offset += cue.text.length + 1;
  }
  truth.delete(0);
  return { words, truth, cueOf };
}

function toRun(cues: readonly Cue[], lang = 'en'): Run[] {
  const { words, truth, cueOf } = strip(cues);
  if (words.length === 0) return [];
  const starts = [...words.keys()].filter((i) => i === 0 || cueOf[i] !== cueOf[i - 1]);
  const bare = starts.map((first, at) => {
    const text = words.slice(first, starts[at + 1] ?? words.length).join(' ');
    return { ...cues[cueOf[first]!]!, text };
  });
  return [{ lang, words, truth, cues: bare, cueStarts: new Set(starts.slice(1)) }];
}

/** The same words in cues of a line each that touch; the run begins where it began. */
function roll(run: Run): Run {
  const cueStarts = [0];
  let length = 0;
  run.words.forEach((word, i) => {
    if (length > 0 && length + 1 + word.length > ROLLING_CHARACTERS) {
      cueStarts.push(i);
      length = 0;
    }
    length += (length > 0 ? 1 : 0) + word.length;
  });
  const [first] = run.cues;
  const cues = cueStarts.map((start, at) => {
    const startMs = first!.startMs + at * ROLLING_MS;
    const text = run.words.slice(start, cueStarts[at + 1] ?? run.words.length).join(' ');
    return { ...first!, startMs, endMs: startMs + ROLLING_MS, text };
  });
  return { ...run, cues, cueStarts: new Set(cueStarts.slice(1)) };
}

function runsOf(cues: readonly Cue[], lang: string): Run[] {
  const groups: Cue[][] = [];
  for (const cue of cues) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && last.speaker === cue.speaker && cue.startMs - last.endMs < TURN_PAUSE_MS)
      groups.at(-1)!.push(cue);
    else groups.push([cue]);
  }
  return groups.flatMap((group) => toRun(group, lang));
}

/** Where ours cuts: indices of words. The run stands alone, as speech between two long silences does. */
function ours(run: Run): Set<number> {
  const found = new Set<number>();
  let at = 0;
  for (const { text } of toUtterances(run.cues, run.lang)) {
    if (at > 0) found.add(at);
    at += text.split(/\s+/).length;
  }
  if (at !== run.words.length) throw new Error(`${at} words came out of ${run.words.length}`);
  return found;
}

function compare(found: ReadonlySet<number>, { words, truth }: Run, into: Counts): void {
  const right = [...found].filter((at) => truth.has(at)).length;
  into.right += right;
  into.found += found.size;
  into.true += truth.size;
  const borders = [0, ...[...found].sort((a, b) => a - b), words.length];
  const isTrue = (at: number) => at === 0 || at === words.length || truth.has(at);
  for (let i = 1; i < borders.length; i++) {
    into.pieces++;
    if (isTrue(borders[i - 1]!) && isTrue(borders[i]!)) into.whole++;
  }
  // WindowDiff (Pevzner and Hearst 2002) with the usual window of half a sentence.
  const half = Math.max(1, Math.round(words.length / (truth.size + 1) / 2));
  for (let at = 0; at + half < words.length; at++) {
    into.windows++;
    let difference = 0;
    for (let i = at + 1; i <= at + half; i++) difference += Number(found.has(i)) - Number(truth.has(i));
    if (difference !== 0) into.wrongWindows++;
  }
}

const speech = z.object({ meeting_transcripts: z.array(z.object({ speaker: z.string(), content: z.string() })) });

/** Transcribers' notes and the spaces of a tokeniser away: `we 're {vocalsound} done .` */
function plain(content: string): string {
  return content
    .replace(/\{\w+\}/g, ' ')
    .replace(/ (?=['’](?:s|m|d|t|re|ve|ll)\b)| (?=[.,?!;:])/g, '')
    .replace(/(?<=\w) - (?=\w)/g, '-')
    .trim();
}

function meetings(): Source[] {
  const folder = path.join(DATA, 'meetings_qmsum');
  return readdirSync(folder).map((file, i) => {
    const { meeting_transcripts: turns } = speech.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8')));
    const runs = turns.flatMap(({ content }) => toRun([{ startMs: 0, endMs: 1000, text: plain(content) }]));
    return { set: 'meetings', isOdd: i % 2 === 1, runs };
  });
}

async function captioned(set: string, folder: string, files: readonly string[], lang = 'en'): Promise<Source[]> {
  return Promise.all(
    files.map(async (file, i) => {
      const { track } = await readCaptionFile(path.join(DATA, folder, file));
      return { set, isOdd: i % 2 === 1, runs: runsOf(track.cues, lang) };
    }),
  );
}

async function readSources(): Promise<Source[]> {
  const short = readdirSync(path.join(DATA, 'captions_ableplayer')).filter((file) =>
    /(?:captions|subtitles|allen)/.test(file),
  );
  const inLanguage = (code: string) =>
    short.filter((file) => new RegExp(`_${code}\\.vtt$`).test(file) && !/excerpt|test/.test(file));
  const sets = [
    captioned(
      'lectures',
      'lectures_nyu_dl/transcripts',
      LECTURES.map((name) => `${name}.vtt`),
    ),
    captioned('tutorials', 'tutorials_tvqa/transcripts', readdirSync(path.join(DATA, 'tutorials_tvqa/transcripts'))),
    captioned('short videos', 'captions_ableplayer', inLanguage('en')),
    ...LANGUAGES.map((code) => captioned('other languages', 'captions_ableplayer', inLanguage(code), code)),
  ];
  return [...(await Promise.all(sets)).flat(), ...meetings()];
}

const percent = (share: number) => (100 * share).toFixed(1);

function rowOf(runs: readonly Run[], cut: (run: Run) => ReadonlySet<number>): string[] {
  const sum: Counts = { right: 0, found: 0, true: 0, whole: 0, pieces: 0, windows: 0, wrongWindows: 0 };
  for (const run of runs) compare(cut(run), run, sum);
  const precision = sum.right / Math.max(1, sum.found);
  const recall = sum.right / Math.max(1, sum.true);
  const f1 = (2 * sum.right) / Math.max(1, sum.found + sum.true);
  const numWords = runs.reduce((total, { words }) => total + words.length, 0);
  return [
    ...[precision, recall, f1, sum.whole / Math.max(1, sum.pieces), sum.wrongWindows / Math.max(1, sum.windows)].map(
      percent,
    ),
    (numWords / Math.max(1, sum.pieces)).toFixed(1),
  ];
}

const sources = await readSources();
const everyFew = ({ words }: Run) =>
  new Set(Array.from({ length: Math.floor((words.length - 1) / EVERY) }, (_, i) => (i + 1) * EVERY));
const tables = [true, false].map((isOdd) => {
  const half = sources.filter((source) => source.isOdd === isOdd);
  const rows = [...new Set(half.map(({ set }) => set))].flatMap((set) => {
    const runs = half.filter((source) => source.set === set).flatMap((source) => source.runs);
    const layouts: [string, Run[]][] = [['rolling', runs.map(roll)]];
    if (set !== 'meetings') layouts.unshift(['as they are', runs]);
    return layouts.flatMap(([layout, of]) => [
      [set, layout, 'Lectern', ...rowOf(of, ours)],
      [set, layout, 'at cue borders', ...rowOf(of, ({ cueStarts }) => cueStarts)],
      ...(layout === 'rolling' ? [[set, layout, `every ${EVERY} words`, ...rowOf(of, everyFew)]] : []),
    ]);
  });
  const title = isOdd ? 'not looked at' : 'looked at while rules were written';
  return printTable(
    `Sentences in captions without punctuation: every second source, ${title}`,
    [
      'set',
      'cues',
      'cut',
      'precision',
      'recall',
      'F1',
      'pieces that are whole sentences',
      'WindowDiff (less is better)',
      'words in a piece',
    ],
    rows,
  );
});
saveTable('utterances', ...tables);
