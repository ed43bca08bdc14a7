// The frame at which the picture changes, on videos whose change is at a known frame off any grid of seconds.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExactChange } from '../../../src/ingest/video/exact-change.ts';
import { probeMedia } from '../../../src/ingest/video/probe.ts';

const run = promisify(execFile);

describe('findExactChange', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lectern-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Four seconds at 30 frames a second that `filter` makes of a white and a grey picture with a bar on it. */
  async function video(name: string, filter: string, ...options: string[]): Promise<string> {
    const file = join(folder, name);
    const white = 'color=white:s=320x180:r=30:d=4';
    const grey = 'color=gray:s=320x180:r=30:d=4,drawbox=x=50:y=50:w=150:h=20:color=black:t=fill';
    const clip = 'color=gray:s=80x60:r=30:d=4,noise=alls=90:allf=t';
    const inputs = [white, grey, clip].flatMap((source) => ['-f', 'lavfi', '-i', source]);
    const encode = ['-map', '[v]', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '250', '-pix_fmt', 'yuv420p'];
    await run('ffmpeg', ['-v', 'error', ...inputs, '-filter_complex', filter, ...encode, ...options, file]);
    return file;
  }

  const cutAt = (frame: number) =>
    `[0]trim=end_frame=${frame}[a];[1]trim=start_frame=${frame},setpts=PTS-STARTPTS[b];[a][b]concat[c]`;
  const find = async (file: string, nearSec: number, reachSec = 1.2) =>
    findExactChange(file, await probeMedia(file), { nearSec, reachSec });

  it('is the first frame of the new slide, beside a clip that never rests', async () => {
    const file = await video('cut.mp4', `${cutAt(83)};[c][2]overlay=240:120[v]`);
    for (const nearSec of [2.5, 3]) {
      const found = await find(file, nearSec);
      expect(found!.timeSec).toBeCloseTo(83 / 30, 3);
      expect((found!.pts * found!.timeBase.num) / found!.timeBase.den).toBe(found!.timeSec);
    }
  });

  it('keeps the source’s own time where it doesn’t begin at zero', async () => {
    const file = await video('late.mp4', `${cutAt(83)};[c]null[v]`, '-output_ts_offset', '7.5');
    const { startSec } = await probeMedia(file);
    expect((await find(file, startSec + 2.9))!.timeSec).toBeCloseTo(startSec + 83 / 30, 3);
  });

  it('is the middle of a fade', async () => {
    const file = await video('fade.mp4', '[0][1]xfade=transition=fade:duration=0.6:offset=2[v]');
    const { timeSec } = (await find(file, 2.6))!;
    expect(Math.abs(timeSec - 2.3)).toBeLessThan(0.05);
  });

  it('is none where nothing changes for good', async () => {
    const file = await video('still.mp4', '[0][2]overlay=240:120[v]');
    expect(await find(file, 2.5)).toBeUndefined();
    expect(await find(file, 40)).toBeUndefined();
  });
});
