// A caption cue: what was said (or written as a subtitle) in one half-open span of the source's own time.

/** Raised whenever the same caption files or streams would give other cues. */
export const CAPTIONS_VERSION = 7;

export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  /** Plain text, one paragraph: no markup, no line breaks, entities decoded. */
  readonly text: string;
  readonly speaker?: string;
  /** Where the captions have them: ms from startMs to each word (wordsOf the text), in order, none after endMs. */
  readonly wordStarts?: readonly number[];
}

/** Where a track came from; the store keeps it beside the cues. */
export type CaptionOrigin =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'stream'; readonly streamIndex: number }
  | { readonly kind: 'transcription'; readonly model: string };

export interface CaptionTrack {
  readonly origin: CaptionOrigin;
  /** BCP 47 code: from the file name or stream tag where given, otherwise detected; undefined where neither says. */
  readonly lang: string | undefined;
  /** In order of start, rolling repeats removed; they may touch but carry no text twice. */
  readonly cues: readonly Cue[];
}

/** Where its last words end, in ms; 0 where it has none. */
export function endOfTrack({ cues }: CaptionTrack): number {
  return cues.reduce((last, { endMs }) => Math.max(last, endMs), 0);
}
