// Cue markup to plain text and speakers: WebVTT voice, class and time tags, SubRip's HTML-like tags and ASS overrides.
import { decodeEntities } from './entities.ts';
import { liftTimes, type WordTimes } from './word-times.ts';

/** Only what reads as a tag: `a < b` and `x <- y` are text. */
const TAG = /<\/?(?:[a-z][a-z0-9]*(?:[.\s][^<>]*)?|\d[\d:.,]*)>/gi;
// None of these runs on past the next opening: a file of unclosed ones would be read again from each of them.
const VOICE = /<v(?:\.[^\s<>]*)?\s([^<>]*)>/gi;
const OVERRIDE = /\{\\[^{}]*\}|\{[cyYCfFsSpP]:[^{}]*\}/g;

export interface Voice {
  readonly text: string;
  readonly times?: WordTimes;
  readonly speaker?: string;
}

/** A payload as plain lines, one entry for each voice in it. Lines are separated by `\n`, blank ones dropped. */
export function plainVoices(payload: string): Voice[] {
  const voices: Voice[] = [];
  let speaker: string | undefined;
  let last = 0;
  const push = (raw: string) => {
    const spoken = liftTimes(raw, plainText);
    if (spoken.text !== '') voices.push(speaker === undefined ? spoken : { ...spoken, speaker });
  };
  for (const match of payload.matchAll(VOICE)) {
    push(payload.slice(last, match.index));
    speaker = plainName(match[1]!);
    last = match.index + match[0].length;
  }
  push(payload.slice(last));
  return voices;
}

/** A speaker's name as written; undefined where nothing of it is left. */
export function plainName(raw: string): string | undefined {
  return collapse(decodeEntities(raw)) || undefined;
}

function plainText(raw: string): string {
  return decodeEntities(
    raw
      .replace(OVERRIDE, '')
      .replace(/<br\s*\/?>/gi, '\n')
      .replace(TAG, ''),
  )
    .split('\n')
    .map(collapse)
    .filter((line) => line !== '')
    .join('\n');
}

/** Sequences that a terminal would obey (ECMA-48 section 5.4; OSC), then what else of control characters there is. */
const CONTROLS = /(?!\s)\p{Cc}\[[0-?]*[ -/]*[@-~]|(?!\s)\p{Cc}\][^\p{Cc}]*\p{Cc}\\?|(?!\s)\p{Cc}/gu;

function collapse(text: string): string {
  return text
    .replace(CONTROLS, '')
    .replace(/[\s\u00a0\u200b\ufeff\u2060\u202a-\u202e\u2066-\u2069\u200e\u200f]+/g, ' ')
    .trim();
}
