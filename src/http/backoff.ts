// How long to wait before asking a busy server again: twice as long each time, with jitter so that many clients don't come
// back at once, and never earlier than the server's own Retry-After (RFC 9110, section 10.2.3).

export interface RetryPolicy {
  /** Requests in all, the first included. */
  readonly attempts: number;
  /** Wait before the second attempt, before jitter. */
  readonly baseMs: number;
  readonly maxMs: number;
  /** A Retry-After beyond this is taken as a refusal. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = { attempts: 6, baseMs: 500, maxMs: 30_000, maxRetryAfterMs: 300_000 };

/** Before attempt `attempt` (2 is the first retry). `random` lies in [0, 1): half of the wait is fixed, half is drawn. */
export function backoffMs(attempt: number, { baseMs, maxMs }: RetryPolicy, random: number): number {
  const whole = Math.min(maxMs, baseMs * 2 ** (attempt - 2));
  return Math.round(whole / 2 + (whole / 2) * random);
}

/** Seconds or an HTTP date; undefined where the header is absent or unreadable. */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = text === '' ? NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
