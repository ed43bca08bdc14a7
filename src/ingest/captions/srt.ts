// SubRip (.srt) and SubViewer (.sbv) to raw cues. A cue runs until the next timing line: blank lines inside its text, and
// numbers that are missing or repeated, are common and harmless.
import { looksLikeTiming, parseTiming } from './clock.ts';
import { splitLines, type ParsedCaptions, type RawCue } from './raw-cue.ts';

export function parseSrt(text: string): ParsedCaptions {
  const lines = splitLines(text);
  const cues: RawCue[] = [];
  let numSkipped = 0;
  let i = lines.findIndex(looksLikeTiming);
  while (i >= 0 && i < lines.length) {
    const timing = parseTiming(lines[i]!);
    let next = i + 1;
    while (next < lines.length && !looksLikeTiming(lines[next]!)) next++;
    if (timing === undefined) numSkipped++;
    else cues.push({ ...timing, payload: payloadOf(lines.slice(i + 1, next), cues.length + 2) });
    i = next;
  }
  return { cues, kind: 'captions', numSkipped };
}

/** The text lines, without the number of the cue that follows: set apart by a blank line, or the number expected there. */
function payloadOf(lines: readonly string[], nextNumber: number): string {
  const last = lines.findLastIndex((line) => line.trim() !== '');
  const isNumber = /^\s*\d+\s*$/.test(lines[last] ?? '') && lines[last + 1] === undefined;
  const isNext = isNumber && (lines[last - 1]?.trim() === '' || Number(lines[last]) === nextNumber);
  return lines.slice(0, isNext ? last : last + 1).join('\n');
}
