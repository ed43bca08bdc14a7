// Time as Lectern keeps it: a frame carries its source pts (integer ticks) and time base (a rational number of seconds
// per tick); seconds are derived; SQL and files carry integer milliseconds. Intervals are half-open: [start, end).

export interface Rational {
  readonly num: number;
  readonly den: number;
}

/** Half-open span in integer milliseconds. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** `'1/15360'` (as ffprobe prints it) to a rational; undefined for `0/0` and what isn't a rational. */
export function parseRational(text: string | undefined): Rational | undefined {
  const match = /^(-?\d+)[/:](\d+)$/.exec(text ?? '');
  if (!match) return undefined;
  const num = Number(match[1]);
  const den = Number(match[2]);
  return den === 0 ? undefined : { num, den };
}

export function ptsToSec(pts: number, timeBase: Rational): number {
  return (pts * timeBase.num) / timeBase.den;
}

export function secToMs(sec: number): number {
  return Math.round(sec * 1000);
}

export function msToSec(ms: number): number {
  return ms / 1000;
}

/** 3 725 000 ms -> `1:02:05`, 65 000 ms -> `1:05`; hours only where there are any, as players and chapter lists show it. */
export function formatClock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** `01:02:05.250`: the WebVTT timestamp (https://www.w3.org/TR/webvtt1/ section 4.3), always with hours. */
export function formatTimestamp(ms: number, decimalMark: '.' | ',' = '.'): string {
  const whole = Math.max(0, Math.round(ms));
  const two = (n: number) => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(whole / 3_600_000))}:${two(Math.floor(whole / 60_000) % 60)}:${two(Math.floor(whole / 1000) % 60)}`;
  return `${clock}${decimalMark}${String(whole % 1000).padStart(3, '0')}`;
}

/** Length of the intersection of two spans, in milliseconds; 0 where they don't meet. */
export function overlapMs(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs));
}
