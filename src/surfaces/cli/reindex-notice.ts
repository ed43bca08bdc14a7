// What people are told on stderr while the words of a library from an older version are indexed anew: nothing where that is done
// before anybody wonders, nothing with --quiet.
import { hint } from './print.ts';

const PATIENCE_MS = 1500;
const EVERY_MS = 5000;

/** Takes passages done, of all there are. */
export function reindexNotice(
  options: Parameters<typeof hint>[1],
  { patienceMs = PATIENCE_MS, everyMs = EVERY_MS } = {},
): (done: number, total: number) => void {
  const startedAt = performance.now();
  let saidAt: number | undefined;
  return (done, total) => {
    const now = performance.now();
    if (now - (saidAt ?? startedAt) < (saidAt === undefined ? patienceMs : everyMs)) return;
    const share = `${Math.floor((100 * done) / Math.max(1, total))} %`;
    hint(
      saidAt === undefined
        ? `This library was made by an older version. Its words are indexed anew, once: ${share}`
        : `Words indexed anew: ${share}`,
      options,
    );
    saidAt = now;
  };
}
