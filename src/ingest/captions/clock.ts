// Caption clock times: `1:02:03.500`, `02:03,5`, `00:00:01:500`, hours beyond 24. WebVTT and SubRip differ only in the
// decimal mark, and files in the wild mix both.

const CLOCK = String.raw`(?:(\d{1,4}):)?(\d{1,3}):(\d{1,2})(?:[.,:](\d{1,9}))?`;
const ONE = new RegExp(`^\\s*${CLOCK}\\s*$`);
/** `START --> END settings`, or SubViewer's (.sbv) `START,END`. */
const TIMING = new RegExp(`^\\s*${CLOCK}\\s*(?:-{1,2}>|→)\\s*${CLOCK}(?:\\s.*)?$`);
const EARLY = /^\s*-\d/;
const SBV_TIMING = /^\s*(\d{1,4}):(\d{2}):(\d{2})[.](\d{3}),(\d{1,4}):(\d{2}):(\d{2})[.](\d{3})\s*$/;

/** Milliseconds; undefined for what isn't a clock time. */
export function parseClock(text: string): number | undefined {
  const match = ONE.exec(text);
  return match === null ? undefined : toMs(match, 1);
}

export function parseTiming(line: string): { startMs: number; endMs: number } | undefined {
  // Captions moved to an earlier time may begin before the video does; what ends before it is never seen.
  const isEarly = EARLY.test(line);
  const match = SBV_TIMING.exec(line) ?? TIMING.exec(isEarly ? line.replace('-', '') : line);
  if (match !== null && isEarly) return { startMs: 0, endMs: toMs(match, 5) };
  return match === null ? undefined : { startMs: toMs(match, 1), endMs: toMs(match, 5) };
}

/** A line meant as a cue's timing, whether or not it can be read. */
export function looksLikeTiming(line: string): boolean {
  return /-->|^\s*[\d:.,]+\s*(?:->|→)\s*\d/.test(line) || SBV_TIMING.test(line);
}

function toMs(match: RegExpExecArray, at: number): number {
  const [hours, minutes, seconds] = [match[at] ?? '0', match[at + 1]!, match[at + 2]!].map(Number) as [
    number,
    number,
    number,
  ];
  const fraction = Number(`0.${match[at + 3] ?? '0'}`);
  return Math.round((hours * 3600 + minutes * 60 + seconds + fraction) * 1000);
}
