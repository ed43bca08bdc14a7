// A hit: one place in one source that answers a query. Surfaces print it as the HIT of the command-line contract; `Citation`
// and evidence build on the same place fields.
import type { Rational } from '../time.ts';
import type { SourceKind, SourceRecord } from '../store/library.ts';

export interface HitSource {
  readonly id: string;
  /** Absolute path. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly title: string;
  /** BCP 47 code; null where unknown. */
  readonly lang: string | null;
}

/** Where a hit or citation points: a half-open span of time, or one page. The unused half is null. */
export interface HitPlace {
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** 0-based; shown 1-based. */
  readonly pageIndex: number | null;
  /** The label printed on the page, where the file declares one. */
  readonly pageLabel: string | null;
  /** How the beginning was found where it was looked at again; null where nothing better was found, absent where nobody looked. */
  readonly zoom?: Zoom | null;
}

/** A frame of the video itself, in place of a time on the grid of what was sampled, or of a caption. */
export interface Zoom {
  /** The beginning before. */
  readonly fromMs: number;
  /** The frame's own time: ticks of timeBase. */
  readonly pts: number;
  readonly timeBase: Rational;
  /** `reader`, where the picture's change was the frame, or the model that was asked. */
  readonly engine: string;
}

export interface Hit extends HitPlace {
  readonly source: HitSource;
  /** What the place is about: the event, chapter or heading it lies in. */
  readonly title: string;
  /** The text of the place: what is said from start to end, or the page's passage. */
  readonly text: string;
  /** One or two lines of `text` around the matching words. */
  readonly snippet: string;
  /** Larger is better; comparable within one answer only. */
  readonly score: number;
  /** Opens the place: `file:///talk.mp4#t=75,90`, `file:///manual.pdf#page=12`. */
  readonly link: string;
}

export function toHitSource({ id, path, kind, title, lang }: SourceRecord): HitSource {
  return { id, path, kind, title, lang };
}
