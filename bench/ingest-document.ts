// How fast is a manual read beside pdftotext, how fast are pages drawn beside pdftoppm, and how well does OCR read?
// Usage: node bench/ingest-document.ts [--rounds 5] [--pages 100] [--only index]. Whole processes, start-up included, alternating, the order
// turned every round; medians. CPU seconds beside wall seconds, since other work on the machine shifts only the latter.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { execFile } from 'node:child_process';
import { median, printTable, saveTable } from './table.ts';
import { createOcr } from '../src/ingest/ocr/ocr.ts';
import { rasterisePages } from '../src/ingest/document/raster.ts';
import { readDocument } from '../src/ingest/document/read-document.ts';
import { slideTextOf } from '../src/ingest/ocr/slide-text.ts';
import { SLIDE_SIZE, drawSlide, makeSlides } from '../test/ingest/ocr/slides.ts';
import { wordF1 } from '../test/ingest/ocr/word-f1.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Pages drawn per document. */
    pages: { type: 'string', default: '100' },
    /** Print one table and save none. */
    only: { type: 'string' },
    /** Internal: one run in a process of its own. */
    text: { type: 'string' },
    raster: { type: 'string' },
  },
});
const lectern = fileURLToPath(new URL('../bin/lectern.js', import.meta.url));
const data = fileURLToPath(new URL('../../shared/data', import.meta.url));
const manuals = [
  { path: `${data}/manual_gnuplot/gnuplot.pdf`, numPages: 303 },
  { path: `${data}/manual_smart_tv/smart_tv_manual.pdf`, numPages: 366 },
  { path: `${data}/reports_financebench/PEPSICO_2022_10K.pdf`, numPages: 503 },
];
const LONG_SIDE = 1024;

// As bin/lectern.js does: the second run of a program starts faster than its first.
enableCompileCache();
const noOcr = { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) } as const;
const numDrawn = Number(options.pages);
if (options.text !== undefined) {
  await readDocument(options.text, noOcr);
  reportMemory();
} else if (options.raster !== undefined) {
  const indexes = Array.from({ length: numDrawn }, (_, index) => index);
  for await (const { rgb } of rasterisePages(options.raster, indexes, { size: { pixelsLongSide: LONG_SIDE } }))
    rgb.at(0);
  reportMemory();
} else if (options.only === 'index') {
  await benchIndex();
} else if (existsSync(data)) {
  const tables = [await benchIndex(), await benchText(), await benchRaster(), await benchOcr()];
  saveTable('ingest-document', ...tables);
} else {
  console.log(`skipped: ${data} is not on this machine`);
}

function reportMemory(): void {
  process.stdout.write(`${process.resourceUsage().maxRSS / 1024}`);
}

async function benchText(): Promise<string> {
  const rows = await compareAll(
    (path) => ourselves('--text', path),
    (path) => `pdftotext -layout '${path}' /dev/null`,
    (numPages) => numPages,
  );
  return printTable('Text and structure of a manual, whole process', headerBeside('pdftotext -layout'), rows);
}

/** What a user waits for: `lectern index` into a new library, events, chapters and full text included. */
async function benchIndex(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lectern-bench-index-'));
  const script = 'rm -rf "$3" && exec "$0" "$1" index "$2" --library "$3" --quiet';
  try {
    const rows = await compareAll(
      (path) => `bash -c '${script}' '${process.execPath}' '${lectern}' '${path}' '${folder}/library' >/dev/null 2>&1`,
      (path) => `pdftotext -layout '${path}' /dev/null`,
      (numPages) => numPages,
    );
    return printTable('lectern index of a manual, whole process', headerBeside('pdftotext -layout'), rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchRaster(): Promise<string> {
  const rows = await compareAll(
    (path) => ourselves('--raster', path, '--pages', String(numDrawn)),
    (path) => `pdftoppm -scale-to ${LONG_SIDE} -l ${numDrawn} '${path}' > /dev/null`,
    () => numDrawn,
  );
  return printTable(`Pages drawn at ${LONG_SIDE} px, whole process`, headerBeside('pdftoppm'), rows);
}

function headerBeside(poppler: string): string[] {
  return [
    'document',
    'pages',
    'ours pages/s',
    `${poppler} pages/s`,
    'speed ratio',
    'CPU ratio',
    'ours CPU s',
    'peak MB',
    'rounds ours; theirs (s)',
  ];
}

/** This program again, in a process of its own. */
function ourselves(...args: string[]): string {
  return [process.execPath, import.meta.filename, ...args].map((arg) => `'${arg}'`).join(' ');
}

interface Run {
  readonly wallSec: number;
  readonly cpuSec: number;
  readonly output: string;
}

async function compareAll(
  ourCommand: (path: string) => string,
  theirCommand: (path: string) => string,
  pagesOf: (numPages: number) => number,
): Promise<string[][]> {
  const rows: string[][] = [];
  for (const { path, numPages } of manuals) {
    const ours = ourCommand(path);
    const theirs = theirCommand(path);
    const hasPoppler = (await time(theirs).catch(() => undefined)) !== undefined;
    await time(ours);
    const [ourRuns, theirRuns]: [Run[], Run[]] = [[], []];
    for (let round = 0; round < Number(options.rounds); round++) {
      const both = [
        async () => ourRuns.push(await time(ours)),
        async () => hasPoppler && theirRuns.push(await time(theirs)),
      ];
      for (const run of round % 2 === 0 ? both : both.reverse()) await run();
    }
    rows.push(compare(basename(path), pagesOf(numPages), ourRuns, theirRuns));
  }
  return rows;
}

function compare(name: string, pages: number, ours: Run[], theirs: Run[]): string[] {
  const wall = (runs: Run[]) => median(runs.map(({ wallSec }) => wallSec));
  const cpu = (runs: Run[]) => median(runs.map(({ cpuSec }) => cpuSec));
  const raw = (runs: Run[]) => runs.map(({ wallSec }) => wallSec.toFixed(2)).join(' ');
  const absent = 'poppler-utils not installed';
  const has = theirs.length > 0;
  return [
    name,
    String(pages),
    (pages / wall(ours)).toFixed(0),
    has ? (pages / wall(theirs)).toFixed(0) : absent,
    has ? (wall(theirs) / wall(ours)).toFixed(2) : '-',
    has ? (cpu(theirs) / cpu(ours)).toFixed(2) : '-',
    cpu(ours).toFixed(2),
    ours.every(({ output }) => output === '') ? '-' : Math.max(...ours.map(({ output }) => Number(output))).toFixed(0),
    `${raw(ours)}; ${raw(theirs)}`,
  ];
}

/** Runs a shell command and takes bash's own account of it. Rejects where the command fails. */
async function time(command: string): Promise<Run> {
  const script = `TIMEFORMAT='%R %U %S'; time ${command}`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script], { maxBuffer: 2 ** 24 });
  const [real, user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number) as [number, number, number];
  return { wallSec: real, cpuSec: user + system, output: stdout };
}

async function benchOcr(): Promise<string> {
  await using ocr = await createOcr({ numWorkers: 1 });
  const rows: string[][] = [];
  const scans = `${data}/pdfs_scanned_and_odd/ocrmypdf`;
  for (const name of ['linn.pdf', 'skew.pdf', 'rotated_skew.pdf']) {
    const start = performance.now();
    const { pages } = await readDocument(`${scans}/${name}`, { ocr: 'auto', getOcr: () => Promise.resolve(ocr) });
    const seconds = (performance.now() - start) / 1000;
    const text = pages.map((page) => page.text).join('\n');
    rows.push([name, '1', wordF1(readFileSync(`${scans}/linn.txt`, 'utf8'), text).toFixed(3), '-', seconds.toFixed(2)]);
  }
  const slides = makeSlides();
  for (const kind of ['bullets', 'code', 'table', 'chart']) {
    const ofKind = slides.filter(({ name }) => name.startsWith(kind));
    const read = await Promise.all(ofKind.map(async (slide) => ({ slide, png: await drawSlide(slide) })));
    const start = performance.now();
    let [f1, numTitles] = [0, 0];
    for (const { slide, png } of read) {
      const { title, text } = slideTextOf(await ocr.recognize({ png }), SLIDE_SIZE);
      f1 += wordF1(slide.truth, text);
      numTitles += Number(title === slide.title);
    }
    const seconds = (performance.now() - start) / 1000 / read.length;
    rows.push([
      `slides: ${kind}, 4 themes`,
      String(read.length),
      (f1 / read.length).toFixed(3),
      `${numTitles}/${read.length}`,
      seconds.toFixed(2),
    ]);
  }
  return printTable('OCR, one engine', ['picture', 'pictures', 'word F1', 'titles right', 's a picture'], rows);
}
