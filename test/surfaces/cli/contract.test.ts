// The command-line and JSON contract, checked from outside: real child processes on a library of four tiny sources.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lecternOn, parseJson, parseLines, type Outcome } from './run-lectern.ts';
import { BAKING, MANUAL, writeTinyMedia, type TinyMedia } from './tiny-media.ts';

const Kind = z.enum(['video', 'document', 'transcript']);
const ErrorDetail = z.object({ code: z.string().min(1), message: z.string().min(1), remedy: z.string().min(1) });
const Failure = z.object({ error: ErrorDetail });
const Seconds = z.number().nonnegative().nullable();
const PageNumber = z.number().int().positive().nullable();

const Source = z.object({
  id: z.string().min(4),
  path: z.string(),
  kind: Kind,
  title: z.string().min(1),
  duration: Seconds,
  pages: PageNumber,
  events: z.number().int().nonnegative(),
  status: z.enum(['indexed', 'unchanged', 'failed']),
  error: ErrorDetail.nullable(),
});
const SourceLine = Source.extend({ type: z.literal('source') });
/** A failed input may have been refused before anything but its path was known. */
const FailedLine = z.object({
  type: z.literal('source'),
  path: z.string(),
  status: z.literal('failed'),
  error: ErrorDetail,
});
const ProgressLine = z.object({
  type: z.literal('progress'),
  source: z.string(),
  stage: z.string(),
  done: z.number(),
  total: z.number().nullable(),
});
const WarningLine = z.object({ type: z.literal('warning') });
const IndexLine = z.union([SourceLine, FailedLine, ProgressLine, WarningLine]);

const Place = z.object({
  source: z.object({ id: z.string(), path: z.string(), kind: Kind, title: z.string() }),
  start: Seconds,
  end: Seconds,
  page: PageNumber,
  pageLabel: z.string().nullable(),
  link: z.string().startsWith('file://'),
});
const Hit = Place.extend({ title: z.string(), text: z.string().min(1), snippet: z.string().min(1), score: z.number() });
const SearchResult = z.object({ query: z.string(), noMatch: z.boolean(), hits: z.array(Hit) });
const Citation = Place.extend({ quote: z.string().min(1), verified: z.boolean() });
const Answer = z.object({
  question: z.string(),
  answer: z.string().min(1),
  abstained: z.boolean(),
  citations: z.array(Citation),
  engine: z.string(),
  usage: z.unknown(),
});
const Chapter = z.object({
  start: Seconds,
  end: Seconds,
  page: PageNumber,
  title: z.string().min(1),
  summary: z.string(),
});
const SummaryResult = z.object({
  source: z.object({ id: z.string() }),
  overview: z.string().min(1),
  chapters: z.array(Chapter).min(1),
  keyPoints: z.array(z.object({ text: z.string().min(1), start: Seconds, page: PageNumber })).min(1),
  engine: z.string(),
  lang: z.string(),
});
const ChaptersResult = z.object({ source: z.object({ id: z.string() }), chapters: z.array(Chapter).min(1) });
const EventsResult = z.object({
  source: z.object({ id: z.string() }),
  events: z.array(Chapter.extend({ evidence: z.array(z.unknown()), engine: z.string() })),
});
const SourcesResult = z.object({
  sources: z.array(
    Source.extend({
      video: z
        .object({
          width: z.number(),
          height: z.number(),
          fps: z.number().nullable(),
          frames: z.number(),
          slides: z.number(),
        })
        .optional(),
    }),
  ),
});

const folder = await mkdtemp(path.join(os.tmpdir(), 'lectern-contract-'));
const lectern = lecternOn(path.join(folder, 'library'));
let media: TinyMedia;
let firstRun: Outcome;

beforeAll(async () => {
  media = await writeTinyMedia(path.join(folder, 'input'));
  firstRun = await lectern(['index', media.folder, '--json']);
});
afterAll(() => rm(folder, { recursive: true }));

describe('lectern index', () => {
  it('prints JSON Lines with one source line per input, and exits with 0', () => {
    expect(firstRun.code).toBe(0);
    const sources = parseLines(IndexLine, firstRun).filter((line) => line.type === 'source');
    const kinds = sources.map((line) => `${path.basename(line.path)} ${SourceLine.parse(line).kind} ${line.status}`);
    expect(kinds.toSorted()).toEqual([
      'baking.vtt transcript indexed',
      'planets.mp4 video indexed',
      'pump.pdf document indexed',
      'sailing.mkv video indexed',
    ]);
  });

  it('gives videos and transcripts a duration and documents a number of pages', () => {
    const lines = parseLines(IndexLine, firstRun).filter((line) => line.type === 'source');
    const facts = Object.fromEntries(
      lines
        .map((line) => SourceLine.parse(line))
        .map((line) => [path.basename(line.path), [line.duration, line.pages]]),
    );
    expect(facts['pump.pdf']).toEqual([null, 3]);
    expect(facts['baking.vtt']).toEqual([30, null]);
    expect(facts['planets.mp4']![0]).toBeCloseTo(10, 0);
    expect(facts['planets.mp4']![1]).toBeNull();
  });

  it('says unchanged when it meets the same files again', async () => {
    const again = await lectern(['index', media.folder, '--json']);
    expect(again.code).toBe(0);
    const sources = parseLines(IndexLine, again).filter((line) => line.type === 'source');
    expect(sources.map((line) => line.status)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged']);
  });

  it('finishes the good inputs beside a broken one and exits with 3', async () => {
    const broken = path.join(folder, 'broken.pdf');
    await writeFile(broken, 'not a PDF at all');
    const outcome = await lectern(['index', media.transcript, broken, '--json']);
    expect(outcome.code).toBe(3);
    const sources = parseLines(IndexLine, outcome).filter((line) => line.type === 'source');
    const statuses = Object.fromEntries(sources.map((line) => [path.basename(line.path), line.status]));
    expect(statuses).toEqual({ 'baking.vtt': 'unchanged', 'broken.pdf': 'failed' });
    const failed = FailedLine.parse(sources.find((line) => line.status === 'failed'));
    expect(failed.error.message).not.toMatch(/undefined|\[object/);
  });

  it('exits with 1 when its only input is broken', async () => {
    const broken = path.join(folder, 'empty.mp4');
    await writeFile(broken, '');
    expect((await lectern(['index', broken, '--json'])).code).toBe(1);
  });

  it('does nothing with --plan but say what it would do', async () => {
    const elsewhere = lecternOn(path.join(folder, 'planned'));
    const plan = await elsewhere(['index', media.folder, '--plan']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('planets.mp4');
    expect(parseJson(SourcesResult, await elsewhere(['sources', '--json'])).sources).toEqual([]);
  });

  it('exits with 130 when interrupted, and the next run completes the work', async () => {
    const interrupted = lecternOn(path.join(folder, 'interrupted'));
    const outcome = await interrupted(['index', media.folder, '--json'], /"type":"progress"/);
    expect(outcome.code).toBe(130);
    const resumed = await interrupted(['index', media.folder, '--json']);
    expect(resumed.code).toBe(0);
    const { sources } = parseJson(SourcesResult, await interrupted(['sources', '--json']));
    expect(sources).toHaveLength(4);
  });
});

describe('lectern search', () => {
  const search = async (...args: string[]) => parseJson(SearchResult, await lectern(['search', ...args, '--json']));

  it('finds the second in a transcript, with a link that opens there', async () => {
    const { hits, noMatch } = await search('when do I add the salt');
    expect(noMatch).toBe(false);
    const [best] = hits;
    expect([best!.source.kind, best!.page, best!.pageLabel]).toEqual(['transcript', null, null]);
    expect(best!.start).toBeLessThanOrEqual(10);
    expect(best!.end).toBeGreaterThan(10);
    expect(best!.link).toMatch(/baking\.vtt#t=\d+(\.\d+)?,\d+(\.\d+)?$/);
  });

  it('finds the page in a document, with its printed label', async () => {
    const [best] = (await search('rinse the filter')).hits;
    expect([best!.source.kind, best!.start, best!.end]).toEqual(['document', null, null]);
    expect([best!.page, best!.pageLabel]).toEqual([2, MANUAL[1]!.label]);
    expect(best!.link).toMatch(/pump\.pdf#page=2$/);
  });

  it('searches captions beside a video and subtitle streams inside one', async () => {
    expect((await search('rings of Saturn')).hits[0]!.source.path).toBe(media.captionedVideo);
    expect((await search('bowline knot')).hits[0]!.source.path).toBe(media.subtitledVideo);
  });

  it('says noMatch with an empty list where nothing matches', async () => {
    const outcome = await lectern(['search', 'xylophone', '--json']);
    expect(outcome.code).toBe(0);
    expect(parseJson(SearchResult, outcome)).toEqual({ query: 'xylophone', noMatch: true, hits: [] });
  });

  it('keeps to --kind, to repeated --source by path or id, and to --limit', async () => {
    const inDocuments = await search('water', '--kind', 'document');
    expect(new Set(inDocuments.hits.map((hit) => hit.source.kind))).toEqual(new Set(['document']));
    const id = inDocuments.hits[0]!.source.id;
    const inTwo = await search('water', '--source', id, '--source', media.transcript);
    expect(new Set(inTwo.hits.map((hit) => hit.source.path))).toEqual(new Set([media.manual, media.transcript]));
    expect((await search('water')).hits.length).toBeGreaterThan(1);
    expect((await search('water', '--limit', '1')).hits).toHaveLength(1);
  });

  it('answers a file of queries in order, one JSON object a line', async () => {
    const file = path.join(folder, 'queries.txt');
    await writeFile(file, `frost\n${JSON.stringify({ query: 'water', source: media.transcript })}\nxylophone\n`);
    const outcome = await lectern(['search', '--queries', file, '--json']);
    expect(outcome.code).toBe(0);
    const results = parseLines(SearchResult, outcome);
    expect(results.map((result) => result.query)).toEqual(['frost', 'water', 'xylophone']);
    expect(new Set(results[1]!.hits.map((hit) => hit.source.path))).toEqual(new Set([media.transcript]));
    expect(results.map((result) => result.noMatch)).toEqual([false, false, true]);
  });

  it.each([
    '"unclosed',
    'AND OR NOT',
    'a* NEAR(b',
    "'; drop table sources; --",
    '-',
    '(((',
    '{"query":1}',
    'ünïcode 漢字',
  ])('takes %j as plain text', async (query) => {
    const outcome = await lectern(['search', '--json', '--', query]);
    expect([0, 2]).toContain(outcome.code);
    expect(() => parseJson(z.union([SearchResult, Failure]), outcome)).not.toThrow();
  });
});

describe('lectern ask', () => {
  const ask = async (...args: string[]) => parseJson(Answer, await lectern(['ask', ...args, '--json']));

  it('quotes the manual verbatim, with the page', async () => {
    const answer = await ask('How do I clean the filter?');
    expect([answer.abstained, answer.question]).toEqual([false, 'How do I clean the filter?']);
    const [citation] = answer.citations;
    expect([citation!.page, citation!.pageLabel, citation!.verified]).toEqual([2, '1', true]);
    const pageText = [MANUAL[1]!.heading, ...MANUAL[1]!.lines].join(' ');
    expect(pageText).toContain(citation!.quote.replaceAll(/\s+/g, ' '));
  });

  it('quotes a transcript verbatim, with the time', async () => {
    const { citations } = await ask('How hot should the iron pot be for the loaf?', '--source', media.transcript);
    expect(BAKING.join(' ')).toContain(citations[0]!.quote);
    expect(citations[0]!.start).toBeGreaterThanOrEqual(15);
    expect(citations[0]!.link).toContain('#t=');
  });

  it('abstains from what no source holds, and exits with 0', async () => {
    const outcome = await lectern(['ask', 'Who won the football world cup in 1998?', '--json']);
    expect(outcome.code).toBe(0);
    const answer = parseJson(Answer, outcome);
    expect([answer.abstained, answer.citations]).toEqual([true, []]);
  });

  it('answers a file of questions in order', async () => {
    const file = path.join(folder, 'questions.txt');
    await writeFile(
      file,
      `{"query":"What cracks the impeller housing?","source":${JSON.stringify(media.manual)}}\nWhat are the rings of Saturn made of?\n`,
    );
    const answers = parseLines(Answer, await lectern(['ask', '--queries', file, '--json']));
    expect(answers.map((answer) => answer.question)).toEqual([
      'What cracks the impeller housing?',
      'What are the rings of Saturn made of?',
    ]);
    expect(answers.map((answer) => answer.citations[0]!.source.path)).toEqual([media.manual, media.captionedVideo]);
  });
});

describe('lectern summarize', () => {
  it('gives overview, chapters and key points, each with its place', async () => {
    const ofVideo = parseJson(SummaryResult, await lectern(['summarize', media.transcript, '--json']));
    expect(ofVideo.chapters[0]!.start).toBe(0);
    expect(ofVideo.keyPoints.every((point) => point.start !== null && point.page === null)).toBe(true);
    expect(ofVideo.lang).toBe('en');
    const ofDocument = parseJson(SummaryResult, await lectern(['summarize', media.manual, '--json']));
    expect(ofDocument.chapters.map((chapter) => [chapter.title, chapter.page])).toEqual(
      MANUAL.map((page, index) => [page.heading, index + 1]),
    );
    expect(ofDocument.keyPoints.every((point) => point.start === null && point.page !== null)).toBe(true);
  });

  it('writes Markdown, plain text and JSON', async () => {
    const inFormat = async (format: string) => lectern(['summarize', media.transcript, '--format', format]);
    expect((await inFormat('md')).stdout).toMatch(/^# /m);
    expect((await inFormat('txt')).stdout).not.toMatch(/^#/m);
    expect(parseJson(SummaryResult, await inFormat('json')).overview).not.toBe('');
  });

  it('keeps the overview within --words, give or take the end of a sentence', async () => {
    const { overview } = parseJson(
      SummaryResult,
      await lectern(['summarize', media.transcript, '--words', '12', '--json']),
    );
    expect(overview.split(/\s+/).length).toBeLessThanOrEqual(24);
  });
});

describe('lectern chapters and events', () => {
  it('cover a source from start to end without overlap', async () => {
    const { chapters } = parseJson(ChaptersResult, await lectern(['chapters', media.transcript, '--json']));
    expect([chapters[0]!.start, chapters.at(-1)!.end]).toEqual([0, 30]);
    for (const [index, chapter] of chapters.entries()) {
      if (index > 0) expect(chapter.start).toBe(chapters[index - 1]!.end);
    }
    const { events } = parseJson(EventsResult, await lectern(['events', media.transcript, '--json']));
    for (const [index, event] of events.entries()) {
      expect(event.end).toBeGreaterThan(event.start!);
      if (index > 0) expect(event.start).toBeGreaterThanOrEqual(events[index - 1]!.start!);
    }
  });

  it('limits events to --from and --to', async () => {
    const { events } = parseJson(
      EventsResult,
      await lectern(['events', media.captionedVideo, '--from', '6', '--to', '8', '--json']),
    );
    expect(events.length).toBeGreaterThan(0);
    expect(events.every((event) => event.start! < 8 && event.end! > 6)).toBe(true);
  });

  it('reads times on the clock as well as in seconds', async () => {
    const inSeconds = await lectern(['events', media.transcript, '--from', '12', '--json']);
    const onTheClock = await lectern(['events', media.transcript, '--from', '0:12', '--json']);
    expect(onTheClock.stdout).toBe(inSeconds.stdout);
  });

  it('writes chapters for players: WebVTT, YouTube, ffmetadata, Markdown', async () => {
    const inFormat = async (format: string) =>
      (await lectern(['chapters', media.transcript, '--format', format])).stdout;
    expect(await inFormat('vtt')).toMatch(/^WEBVTT\n\n(.+\n)?00:00:00\.000 --> /);
    expect(await inFormat('youtube')).toMatch(/^0?0:00 \S/);
    expect(await inFormat('ffmetadata')).toMatch(
      /^;FFMETADATA1\n(.*\n)*\[CHAPTER\]\nTIMEBASE=1\/1000\nSTART=0\nEND=\d+\ntitle=/,
    );
    expect(await inFormat('md')).toMatch(/^[-*#|]/m);
    expect(ChaptersResult.parse(JSON.parse(await inFormat('json'))).chapters[0]!.start).toBe(0);
  });
});

describe('lectern export', () => {
  const exportAs = async (format: string, source = media.transcript) => lectern(['export', source, '--format', format]);

  it('writes SubRip and WebVTT that are read again as the same cues', async () => {
    for (const format of ['srt', 'vtt']) {
      const file = path.join(folder, `again.${format}`);
      await writeFile(file, (await exportAs(format)).stdout);
      const text = await readFile(file, 'utf8');
      for (const sentence of BAKING) expect(text.replaceAll(/\s+/g, ' ')).toContain(sentence);
      const elsewhere = lecternOn(path.join(folder, `again-${format}`));
      const [line] = parseLines(IndexLine, await elsewhere(['index', file, '--json', '--quiet'])).filter(
        (l) => l.type === 'source',
      );
      expect([line!.status, SourceLine.parse(line).duration]).toEqual(['indexed', 30]);
    }
  });

  it('writes YouTube chapters, CSV with a header, Markdown and JSON', async () => {
    expect((await exportAs('youtube')).stdout).toMatch(/^0?0:00 \S/);
    const [header, ...rows] = (await exportAs('csv')).stdout.trimEnd().split(/\r?\n/);
    expect(header!.split(',')).toEqual(expect.arrayContaining(['start', 'end', 'title']));
    expect(rows.length).toBeGreaterThan(0);
    expect((await exportAs('md')).stdout).toMatch(/^# /m);
    expect(typeof JSON.parse((await exportAs('json')).stdout)).toBe('object');
  });
});

describe('lectern sources, status, remove, doctor, paths', () => {
  it('lists every source with its fields, and the picture of videos', async () => {
    const { sources } = parseJson(SourcesResult, await lectern(['sources', '--json']));
    const video = sources.find((source) => source.path === media.captionedVideo);
    expect([video?.video?.width, video?.video?.height, video?.video?.fps]).toEqual([320, 180, 10]);
    expect(video?.video?.slides).toBe(2);
    expect(sources.find((source) => source.path === media.manual)?.pages).toBe(3);
  });

  it.each(['status', 'doctor', 'paths'])('prints one JSON object for %s', async (command) => {
    const outcome = await lectern([command, '--json']);
    expect(outcome.code).toBe(0);
    expect(parseJson(z.record(z.string(), z.unknown()), outcome)).not.toEqual({});
  });

  it('removes a source so that nothing of it is found any more', async () => {
    const elsewhere = lecternOn(path.join(folder, 'removal'));
    await elsewhere(['index', media.transcript, media.manual]);
    expect((await elsewhere(['remove', media.transcript, '--json'])).code).toBe(0);
    const { sources } = parseJson(SourcesResult, await elsewhere(['sources', '--json']));
    expect(sources.map((source) => source.path)).toEqual([media.manual]);
    expect(parseJson(SearchResult, await elsewhere(['search', 'sourdough', '--json'])).noMatch).toBe(true);
  });
});

describe('failures and wrong usage', () => {
  it.each([
    ['an unknown command', ['sumarize', 'x', '--json']],
    ['an unknown option', ['search', 'x', '--colour', '--json']],
    ['a missing argument', ['summarize', '--json']],
    ['a value that is not allowed', ['chapters', 'x', '--format', 'docx', '--json']],
    ['a limit that is not a number', ['search', 'x', '--limit', 'many', '--json']],
  ])('%s exits with 2 and one JSON error', async (_, args) => {
    const outcome = await lectern(args);
    expect(outcome.code).toBe(2);
    expect(parseJson(Failure, outcome).error.remedy).not.toBe('');
  });

  it('a source that is not in the library is a failure with a remedy', async () => {
    for (const command of ['summarize', 'chapters', 'events', 'remove']) {
      const outcome = await lectern([command, 'no-such-source', '--json']);
      expect(outcome.code).toBe(1);
      expect(parseJson(Failure, outcome).error.message).toContain('no-such-source');
    }
  });

  it('a failure without --json is a sentence on stderr and nothing on stdout', async () => {
    const outcome = await lectern(['summarize', 'no-such-source']);
    expect(outcome.stdout).toBe('');
    expect(outcome.stderr).toContain('no-such-source');
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it('names every command of the contract in --help, and helps with each', async () => {
    const { stdout, code } = await lectern(['--help']);
    expect(code).toBe(0);
    const commands = [
      'index',
      'search',
      'ask',
      'summarize',
      'chapters',
      'events',
      'export',
      'sources',
      'status',
      'remove',
      'doctor',
      'paths',
    ];
    for (const command of commands) {
      expect(stdout).toMatch(new RegExp(`^\\s+${command}\\b`, 'm'));
      const help = await lectern([command, '--help']);
      expect([help.code, help.stdout.includes('--json')]).toEqual([0, true]);
    }
  });

  it('takes --library over LECTERN_LIBRARY', async () => {
    const empty = path.join(folder, 'empty-library');
    expect(parseJson(SourcesResult, await lectern(['sources', '--library', empty, '--json'])).sources).toEqual([]);
  });
});
