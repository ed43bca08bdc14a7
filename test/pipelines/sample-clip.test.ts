import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleClip, type ClipTaste } from '../../pipelines/sample-clip.ts';
import type { Size } from '../../src/model/qwen3-vl/smart-resize.ts';
import { repository, temporaryFolder } from '../helpers/lectern.ts';

const lecture = path.join(repository, 'data/lectures/gradient-descent.mp4');

function clip(name: string, ...options: string[]): string {
  const file = path.join(temporaryFolder('clip'), name);
  const cut = spawnSync('ffmpeg', ['-v', 'error', '-i', lecture, ...options, file]);
  expect(cut.status, String(cut.stderr)).toBe(0);
  return file;
}

const taste = (frames: Partial<ClipTaste> = {}): ClipTaste => ({
  videoFps: 1,
  minFrames: 2,
  maxFrames: 48,
  frameSize: () => ({ width: 96, height: 64 }),
  ...frames,
});

describe('sampleClip', () => {
  it('takes frames at the model’s rate, at its size, with the times of the file', async () => {
    const asked: [Size, number][] = [];
    const frameSize = (size: Size, numFrames: number) => {
      asked.push([size, numFrames]);
      return { width: 64, height: 32 };
    };
    const frames = await sampleClip(
      clip('a.ts', '-t', '6', '-muxdelay', '0', '-output_ts_offset', '3600'),
      taste({ frameSize }),
    );
    expect(asked).toEqual([[{ width: 1280, height: 720 }, 6]]);
    expect(frames.map(({ timeSec }) => Math.round(timeSec))).toEqual([3600, 3601, 3602, 3603, 3604, 3605]);
    for (const { picture } of frames) expect(picture).toMatchObject({ width: 64, height: 32 });
  });

  it('takes no fewer than the model’s fewest, and no more than its most', async () => {
    const short = clip('b.mp4', '-t', '2');
    expect((await sampleClip(short, taste({ minFrames: 8 }))).length).toBe(8);
    const long = await sampleClip(lecture, taste({ maxFrames: 12 }));
    expect(long.length).toBe(12);
    expect(long.at(-1)!.timeSec).toBeGreaterThan(400);
  });

  it('refuses sound without pictures', async () => {
    const sound = clip('c.wav', '-t', '2', '-vn');
    await expect(sampleClip(sound, taste())).rejects.toMatchObject({ code: 'NO_PICTURES' });
  });
});
