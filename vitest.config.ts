import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two processes at most: tests start ffmpeg, tesseract and child processes of their own.
    maxWorkers: 2,
    pool: 'forks',
  },
});
