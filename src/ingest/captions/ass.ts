// Advanced SubStation Alpha (.ass, .ssa) to raw cues: the Dialogue lines of [Events], by that section's own Format line.
// Drawings (`{\p1}`) are shapes, not words; styles and override tags fall away.
import { parseClock } from './clock.ts';
import { splitLines, type ParsedCaptions, type RawCue } from './raw-cue.ts';

const DEFAULT_FORMAT = ['layer', 'start', 'end', 'style', 'name', 'marginl', 'marginr', 'marginv', 'effect', 'text'];
const NEEDED = ['start', 'end', 'text'];

export function parseAss(text: string): ParsedCaptions {
  const cues: RawCue[] = [];
  const seen = new Set<string>();
  let format = DEFAULT_FORMAT;
  let inEvents = false;
  let numSkipped = 0;
  for (const line of splitLines(text)) {
    const section = /^\s*\[(.+)\]\s*$/.exec(line);
    if (section) inEvents = section[1]!.toLowerCase() === 'events';
    const [, key, value] = /^\s*(Format|Dialogue)\s*:\s*(.*)$/i.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (key.toLowerCase() === 'format') {
      const fields = value.split(',').map((field) => field.trim().toLowerCase());
      // One that lacks what every line has is damaged, and says nothing about the lines.
      if (inEvents && NEEDED.every((field) => fields.includes(field))) format = fields;
      continue;
    }
    const cue = parseDialogue(value, format);
    if (cue === undefined) numSkipped++;
    // Layers repeat a line for its outline and its shadow.
    else if (!seen.has(`${cue.startMs} ${cue.endMs} ${cue.payload}`)) {
      seen.add(`${cue.startMs} ${cue.endMs} ${cue.payload}`);
      cues.push(cue);
    }
  }
  return { cues, kind: 'captions', numSkipped };
}

function parseDialogue(value: string, format: readonly string[]): RawCue | undefined {
  // The text is the last field and may hold commas.
  const parts = value.split(',');
  const field = (name: string) => parts[format.indexOf(name)]?.trim() ?? '';
  const startMs = parseClock(field('start'));
  const endMs = parseClock(field('end'));
  if (startMs === undefined || endMs === undefined || parts.length < format.length) return undefined;
  const payload = parts.slice(format.length - 1).join(',');
  const text = withoutOverrides(payload)
    .replace(/\\[Nn]/g, '\n')
    .replace(/\\h/g, ' ');
  const speaker = field('name') || field('actor');
  return { startMs, endMs, payload: text, ...(speaker && { speaker }) };
}

/** What stands between the override blocks, but for drawings: from `{\p1}` to `{\p0}`. */
function withoutOverrides(payload: string): string {
  let text = '';
  let end = 0;
  let isDrawing = false;
  for (const block of payload.matchAll(/\{[^{}]*\}/g)) {
    if (!isDrawing) text += payload.slice(end, block.index);
    for (const [, scale] of block[0].matchAll(/\\p(\d)/g)) isDrawing = scale !== '0';
    end = block.index + block[0].length;
  }
  return isDrawing ? text : text + payload.slice(end);
}
