// Small real inputs for tests that run the whole path: a minute of the demo lecture with its captions, and the demo manual.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repository, temporaryFolder } from './lectern.ts';

const demo = path.join(repository, 'data');

function demoFile(pattern: RegExp): string {
  const found = readdirSync(demo, { recursive: true, encoding: 'utf8' }).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`no file like ${pattern.source} in ${demo}`);
  return path.join(demo, found);
}

/** A folder with `lecture.mp4` (the first `seconds` of the demo lecture), `lecture.vtt`, `manual.pdf` and `notes.vtt`. */
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
  copyFileSync(demoFile(/\.pdf$/), path.join(folder, 'manual.pdf'));
  return folder;
}
