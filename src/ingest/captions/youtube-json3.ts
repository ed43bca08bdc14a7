// YouTube's json3 captions to raw cues: `events` with a start, a duration and segments of text. An event with `aAppend`
// only breaks the line of the one before; in automatic captions an event stays on screen while the next one comes in,
// so its end is cut back to the next start.
import { z } from 'zod';
import type { ParsedCaptions, RawCue } from './raw-cue.ts';
import { timeTag } from './word-times.ts';

const json3 = z.object({
  events: z.array(
    z.object({
      tStartMs: z.number().optional(),
      dDurationMs: z.number().optional(),
      aAppend: z.number().optional(),
      segs: z.array(z.object({ utf8: z.string().optional(), tOffsetMs: z.unknown().optional() })).optional(),
    }),
  ),
});

/** undefined where the value isn't json3. */
export function parseYoutubeJson3(value: unknown): ParsedCaptions | undefined {
  const parsed = json3.safeParse(value);
  if (!parsed.success || !parsed.data.events.some((event) => event.tStartMs !== undefined)) return undefined;
  const cues: RawCue[] = [];
  for (const event of parsed.data.events) {
    const segs = event.segs ?? [];
    if (event.aAppend === 1 || segs.every(({ utf8 = '' }) => utf8.trim() === '')) continue;
    const startMs = event.tStartMs ?? 0;
    const payload = segs
      .map(({ utf8 = '', tOffsetMs }) => (isOffset(tOffsetMs) ? timeTag(startMs + tOffsetMs) : '') + utf8)
      .join('');
    cues.push({ startMs, endMs: startMs + (event.dDurationMs ?? 0), payload });
  }
  const trimmed = cues.map((cue, i) => {
    const nextStart = cues[i + 1]?.startMs ?? Infinity;
    return nextStart > cue.startMs ? { ...cue, endMs: Math.min(cue.endMs, nextStart) } : cue;
  });
  return { cues: trimmed, kind: 'captions', numSkipped: 0 };
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
