// Captions beside a broadcast, whose pictures count by the clock of a station, are found where its pictures are.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { readCaptionsOf } from '../../pipelines/read-captions.ts';
import { probeMedia } from '../../src/ingest/video/probe.ts';
import { temporaryFolder } from '../helpers/lectern.ts';
import { lecternOn } from '../surfaces/cli/run-lectern.ts';

const folder = temporaryFolder('broadcast');

function film(name: string, ...options: readonly string[]): string {
  const file = path.join(folder, name);
  const input = ['-f', 'lavfi', '-i', 'testsrc=s=64x48:r=10:d=8'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, '-pix_fmt', 'yuv420p', ...options, file]);
  return file;
}

function caption(name: string, startSec: number): void {
  const stamp = (sec: number) => new Date(sec * 1000).toISOString().slice(11, 23);
  const cue = `${stamp(startSec)} --> ${stamp(startSec + 3)}\nThe quokka smiles at tourists.\n`;
  writeFileSync(path.join(folder, name), `WEBVTT\n\n${cue}`);
}

async function startOf(file: string): Promise<number> {
  const { captions } = await readCaptionsOf(file, await probeMedia(file), undefined, new AbortController().signal);
  return captions!.cues[0]!.startMs / 1000;
}

let broadcast: string;
beforeAll(() => {
  broadcast = film('news.ts', '-muxdelay', '0', '-output_ts_offset', '40');
});

it('count from its beginning, as in players', async () => {
  caption('news.vtt', 2);
  expect(await startOf(broadcast)).toBeCloseTo(42, 1);
  const lectern = lecternOn(path.join(folder, 'library'));
  await lectern(['index', broadcast, '--ocr', 'off']);
  const { stdout } = await lectern(['search', 'quokka', '--json']);
  const { hits } = JSON.parse(stdout) as { hits: { start: number; link: string }[] };
  expect(hits[0]!.start).toBeGreaterThanOrEqual(40);
  expect(hits[0]!.start).toBeLessThanOrEqual(42.1);
});

it('stay where they are if they were written by its clock', async () => {
  caption('news.vtt', 43);
  expect(await startOf(broadcast)).toBe(43);
});

it('stay where they are beside another container, which counts from zero', async () => {
  const late = film('late.mkv', '-output_ts_offset', '1');
  caption('late.vtt', 2);
  expect(await startOf(late)).toBe(2);
});
