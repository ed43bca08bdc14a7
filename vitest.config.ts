import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

/** Files that change what a whole process has (settings in the environment, the folder for temporary files), measure it, or take long. */
const OWN_PROCESS = [
  'test/index.test.ts',
  'test/ingest/ffmpeg.test.ts',
  'test/ingest/document/read-document.test.ts',
  'test/ingest/ocr/ocr.test.ts',
  'test/ingest/speech/transcribe.test.ts',
  'test/ingest/video/{read-slides,sampled-frames}.test.ts',
  'test/model/{engine,ort}/**/*.test.ts',
  'test/pipelines/**/*.test.ts',
  'test/surfaces/cli/**/*.test.ts',
  'test/windows/through-models.test.ts',
];

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Models that somebody has installed on this machine are no part of any test.
    env: { XDG_DATA_HOME: join(tmpdir(), 'lectern-test-data') },
    // Two processes at most: tests start ffmpeg, tesseract and child processes of their own.
    maxWorkers: 2,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    globalSetup: './test/helpers/temporary-files.ts',
    projects: [
      { extends: true, test: { name: 'own-process', include: OWN_PROCESS } },
      // A process of its own for each of the others would cost more than most of them take.
      {
        extends: true,
        test: { name: 'shared-process', include: ['test/**/*.test.ts'], exclude: OWN_PROCESS, isolate: false },
      },
    ],
  },
});
