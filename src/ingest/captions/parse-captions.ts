// Caption text of any format to a track. The content decides the format where it contradicts the name: `.srt` files that
// hold WebVTT are common.
import { detectLanguage } from '../../text/language.ts';
import { parseAss } from './ass.ts';
import { cleanCues } from './clean-cues.ts';
import { looksLikeTiming } from './clock.ts';
import type { CaptionOrigin, CaptionTrack, Cue } from './cue.ts';
import { canonicalLanguage } from './language-code.ts';
import type { ParsedCaptions, RawCue, TrackKind } from './raw-cue.ts';
import { withoutSounds } from './sounds.ts';
import { parseSrt } from './srt.ts';
import { parseVtt } from './vtt.ts';
import { parseWhisperJson } from './whisper-json.ts';
import { parseYoutubeJson3 } from './youtube-json3.ts';

export type CaptionFormat = 'vtt' | 'srt' | 'ass' | 'json';

export interface CaptionReading {
  readonly track: CaptionTrack;
  /** What the file says its cues are; only `captions` are speech. */
  readonly kind: TrackKind;
  /** One sentence each; empty for a clean file. */
  readonly warnings: readonly string[];
}

const SURE = 0.8;

/** A whole day's transcript under one time stamp; what is longer is data, and no caption. */
const MAX_CUE_CHARACTERS = 1_000_000;

/** Ten thousand hours, as far as a clock of four digits goes; JSON holds numbers of any size. */
const MAX_MS = 10_000 * 3_600_000;

/**
 * Parses the text as `format`, or as what it plainly is. A track may come out with no cues; readCaptionFile refuses those.
 * `lang` is what the file's name or its stream says, and wins over what the text says.
 */
export function parseCaptions(
  text: string,
  format: CaptionFormat,
  origin: CaptionOrigin,
  lang?: string,
): CaptionReading {
  const parsed = PARSERS[sniffFormat(text) ?? format](text);
  const raw = parsed.cues
    .filter(({ payload, startMs }) => payload.length <= MAX_CUE_CHARACTERS && Math.abs(startMs) <= MAX_MS)
    .map(onClock);
  const { cues, numRepaired } = cleanCues(raw);
  const warnings: string[] = [];
  const numSkipped = parsed.numSkipped + parsed.cues.length - raw.length;
  if (numSkipped === 1) warnings.push('One caption could not be read and was skipped.');
  else if (numSkipped > 1) warnings.push(`${numSkipped} captions could not be read and were skipped.`);
  if (numRepaired === 1) warnings.push('One caption ended before it began; its end was estimated.');
  else if (numRepaired > 1)
    warnings.push(`${numRepaired} captions ended before they began; their ends were estimated.`);
  return { track: { origin, lang: lang ?? languageOf(cues, parsed.lang), cues }, kind: parsed.kind, warnings };
}

/** In whole milliseconds from 0 on; an end that no recording has is left to be estimated. */
function onClock(cue: RawCue): RawCue {
  const startMs = Math.max(0, Math.round(cue.startMs));
  const endMs = Math.abs(cue.endMs) <= MAX_MS ? Math.max(0, Math.round(cue.endMs)) : startMs;
  return { ...cue, startMs, endMs };
}

/** The format that the text shows by itself; undefined where it shows none. */
function sniffFormat(text: string): CaptionFormat | undefined {
  const start = text
    .slice(0, 4096)
    .trimStart()
    .replace(/^\ufeff/, '');
  if (/^WEBVTT(?:\s|$)/.test(start)) return 'vtt';
  if (/^\[Script Info\]/i.test(start) || /^\s*Dialogue\s*:/im.test(start)) return 'ass';
  if (/^[{[]/.test(start) && !start.split(/\r?\n/).some(looksLikeTiming)) return 'json';
  return undefined;
}

const PARSERS: Readonly<Record<CaptionFormat, (text: string) => ParsedCaptions>> = {
  vtt: parseVtt,
  srt: parseSrt,
  ass: parseAss,
  json: parseJson,
};

function parseJson(text: string): ParsedCaptions {
  const nothing: ParsedCaptions = { cues: [], kind: 'captions', numSkipped: 0 };
  const value = readJson(text.replace(/^\ufeff/, ''));
  return parseYoutubeJson3(value) ?? parseWhisperJson(Array.isArray(value) ? { segments: value } : value) ?? nothing;
}

/** A string, which may hold the same letters, or a number that Python writes and JSON has not. */
const STRING_OR_NO_NUMBER = /"[^"\\]*(?:\\[^]?[^"\\]*)*"?|-?\b(?:NaN|Infinity)\b/g;

/** Undefined where it is no JSON. Whisper's own program writes the probability of a segment as `NaN` at times. */
function readJson(text: string): unknown {
  const attempts = [
    () => text,
    () => text.replace(STRING_OR_NO_NUMBER, (found) => (found[0] === '"' ? found : 'null')),
  ];
  for (const attempt of attempts) {
    try {
      return JSON.parse(attempt());
    } catch {
      // What is no JSON either way has no cues.
    }
  }
  return undefined;
}

/** The text's language if it is plain, else what the file declares, else the text's most likely language. */
function languageOf(cues: readonly Cue[], declared: string | undefined): string | undefined {
  const detected = detectLanguage(cues.map((cue) => withoutSounds(cue.text)).join(' '));
  const canonical = canonicalLanguage(declared);
  if (detected === undefined || canonical?.split('-', 1)[0] === detected.lang) return canonical ?? detected?.lang;
  return detected.confidence >= SURE || canonical === undefined ? detected.lang : canonical;
}
