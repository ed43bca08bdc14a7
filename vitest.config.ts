import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Models that somebody has installed on this machine are no part of any test.
    env: { XDG_DATA_HOME: join(tmpdir(), 'lectern-test-data') },
    // Two processes at most: tests start ffmpeg, tesseract and child processes of their own.
    maxWorkers: 2,
    pool: 'forks',
  },
});
