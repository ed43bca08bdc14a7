// Small inputs for tests that run the whole path: a minute of the demo lecture with its captions, and a short manual.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makePdf } from '../ingest/document/make-pdf.ts';
import { repository, temporaryFolder } from './lectern.ts';

const demo = path.join(repository, 'data');

function demoFile(pattern: RegExp): string {
  const found = readdirSync(demo, { recursive: true, encoding: 'utf8' }).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`no file like ${pattern.source} in ${demo}`);
  return path.join(demo, found);
}

const PARTS = ['pump', 'valve', 'filter', 'motor', 'lid', 'hose', 'lamp', 'battery', 'gauge', 'switch'];

/** A chapter a part and two pages a chapter: enough for every stage, and read in a fraction of a second. */
function shortManual(): Buffer {
  const pages = PARTS.flatMap((part) =>
    [`The ${part}`, `Care of the ${part}`].map((heading, i) => ({
      texts: [
        [72, 60, heading, i === 0 ? 'B18' : 'B14'] as const,
        ...PARTS.map(
          (other, line) => [72, 100 + 16 * line, `Check the ${part} before the ${other} is opened.`] as const,
        ),
        [72, 300, `Without its ${part} the machine of chapter ${i + 1} does not start.`] as const,
      ],
    })),
  );
  return makePdf({ pages, title: 'The machine', outline: PARTS.map((part, i) => [`The ${part}`, 2 * i]) });
}

/**
 * A folder with `lecture.mp4` (the first `seconds` of the demo lecture), `lecture.vtt`, `notes.vtt` and `manual.pdf`, of 20 pages.
 */
export function smallLibraryFolder(seconds: number): string {
  const folder = temporaryFolder('material');
  const lecture = demoFile(/\.mp4$/);
  const cut = spawnSync('ffmpeg', [
    '-v',
    'error',
    '-i',
    lecture,
    '-t',
    String(seconds),
    '-c',
    'copy',
    path.join(folder, 'lecture.mp4'),
  ]);
  if (cut.status !== 0) throw new Error(`ffmpeg could not cut the demo lecture: ${cut.stderr.toString()}`);
  const captions = demoFile(/\.vtt$/);
  copyFileSync(captions, path.join(folder, 'lecture.vtt'));
  copyFileSync(captions, path.join(folder, 'notes.vtt'));
  writeFileSync(path.join(folder, 'manual.pdf'), shortManual());
  return folder;
}
