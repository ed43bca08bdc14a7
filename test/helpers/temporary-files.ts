// What tests write beside the repository lies in one folder for each run, and goes with it: libraries, converted models and cut videos
// are gigabytes. Clips that are made once and read by many runs stay.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** vitest calls it before the processes of the tests start, which inherit the environment, and what it returns at the end. */
export default function setup(): () => void {
  process.env['LECTERN_TEST_CLIPS'] = join(tmpdir(), 'lectern-test-clips');
  const folder = mkdtempSync(join(tmpdir(), 'lectern-tests-'));
  // Some are read by another user.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
