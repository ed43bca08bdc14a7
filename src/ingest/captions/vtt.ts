// WebVTT (https://www.w3.org/TR/webvtt1/) to raw cues. Tolerant where files are: a missing header, missing hours, cue
// text that runs into the next cue without a blank line. NOTE, STYLE and REGION blocks carry no cues and fall away.
import { looksLikeTiming, parseTiming } from './clock.ts';
import { splitLines, type ParsedCaptions, type RawCue, type TrackKind } from './raw-cue.ts';

export function parseVtt(text: string): ParsedCaptions {
  const lines = splitLines(text);
  const cues: RawCue[] = [];
  let numSkipped = 0;
  for (let i = 0; i < lines.length; i++) {
    if (!looksLikeTiming(lines[i]!)) {
      // A comment may hold a timing line that was commented out: it lasts until the blank line.
      if (/^(?:NOTE|STYLE|REGION)(?:\s|$)/.test(lines[i]!) && (i === 0 || lines[i - 1] === '')) {
        while (i + 1 < lines.length && lines[i + 1] !== '') i++;
      }
      continue;
    }
    const timing = parseTiming(lines[i]!);
    const payload: string[] = [];
    while (i + 1 < lines.length && lines[i + 1] !== '' && !looksLikeTiming(lines[i + 1]!)) payload.push(lines[++i]!);
    // No blank line before the next timing: its identifier was taken for text, if white space sets it apart.
    if (i + 1 < lines.length && looksLikeTiming(lines[i + 1]!) && payload.at(-2)?.trim() === '') payload.pop();
    if (timing === undefined) numSkipped++;
    else cues.push({ ...timing, payload: payload.join('\n') });
  }
  const header = headerOf(lines);
  return { cues, kind: trackKind(header['kind']), numSkipped, ...(header['language'] && { lang: header['language'] }) };
}

/** `Kind: captions` and `Language: en`, as YouTube and others write them under the first line. */
function headerOf(lines: readonly string[]): { kind?: string; language?: string } {
  const header: { kind?: string; language?: string } = {};
  for (const line of lines) {
    if (line.trim() === '' || looksLikeTiming(line)) break;
    const field = /^\s*(kind|lang|language)\s*:\s*([\w-]+)\s*$/i.exec(line);
    if (field) header[field[1]!.toLowerCase() === 'kind' ? 'kind' : 'language'] = field[2]!.toLowerCase();
  }
  return header;
}

function trackKind(word: string | undefined): TrackKind {
  return word === 'chapters' || word === 'descriptions' || word === 'metadata' ? word : 'captions';
}
