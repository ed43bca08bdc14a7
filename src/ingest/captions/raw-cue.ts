// What a format's parser hands over: times and the payload as written, markup and line breaks included. clean-cues.ts
// makes cues of them, the same way for every format.

export interface RawCue {
  readonly startMs: number;
  readonly endMs: number;
  /** Lines separated by `\n`. */
  readonly payload: string;
  readonly speaker?: string;
}

/** What the tracks of a file are for, as far as the file says: only captions and subtitles are speech. */
export type TrackKind = 'captions' | 'chapters' | 'descriptions' | 'metadata';

export interface ParsedCaptions {
  readonly cues: readonly RawCue[];
  readonly kind: TrackKind;
  /** Language declared inside the file, as written there. */
  readonly lang?: string;
  /** Lines or entries that looked like cues and could not be read. */
  readonly numSkipped: number;
}

/** Line breaks of all systems to `\n`; the byte order mark gone. */
export function splitLines(text: string): string[] {
  return text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
}
