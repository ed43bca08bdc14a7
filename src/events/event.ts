// An event: a described span of a source, second-level in a video or transcript, a page or run of pages in a document.
// Every engine (the reader, a vision-language model) produces this shape; store, query and surfaces see nothing else.

/** What a statement in an event rests on. Times in absolute source milliseconds, pages 0-based. */
export type Evidence =
  | {
      readonly kind: 'slide';
      readonly slideIndex: number;
      readonly stateIndex: number;
      readonly text: string;
      /** When this state came on and went, within the event: a build's exact second. */
      readonly startMs?: number;
      readonly endMs?: number;
    }
  | { readonly kind: 'quote'; readonly startMs: number; readonly endMs: number; readonly text: string }
  | { readonly kind: 'page'; readonly pageIndex: number; readonly text: string }
  | { readonly kind: 'shown'; readonly text: string };

/** Where in a source: a span of time or a run of pages (0-based, half-open like time). */
export type Place =
  | { readonly kind: 'time'; readonly startMs: number; readonly endMs: number }
  | { readonly kind: 'pages'; readonly pageIndex: number; readonly endPageIndex: number };

export interface Event {
  readonly place: Place;
  readonly title: string;
  /** One to three sentences. */
  readonly summary: string;
  readonly evidence: readonly Evidence[];
  /** The engine that wrote it: `reader`, or a model's name. */
  readonly engine: string;
  /** `partial`: kept although something in it could not be confirmed; `note` says what. */
  readonly status: 'complete' | 'partial';
  readonly note?: string;
}

export interface Chapter {
  readonly place: Place;
  readonly title: string;
  readonly summary: string;
}

export interface KeyPoint {
  readonly text: string;
  readonly place: Place;
}

export interface Summary {
  readonly overview: string;
  readonly keyPoints: readonly KeyPoint[];
  readonly engine: string;
  /** BCP 47 code of the language the summary is written in. */
  readonly lang: string;
  /** Chapters in that language, where it is not the source's; otherwise the stored ones hold. */
  readonly chapters?: readonly Chapter[];
  /** What people should know before they rely on it, such as another language than was asked for. */
  readonly note?: string;
}
