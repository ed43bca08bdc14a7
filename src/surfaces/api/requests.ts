// What a program may ask of a library, and how. Times are integer milliseconds, pages count from 0.
import type { IndexReport } from '../../../pipelines/index-sources.ts';
import type { SourceKind, SourceRecord } from '../../store/library.ts';

export interface OpenLibraryOptions {
  /** Settings file (JSON) in place of the platform's. */
  readonly configFile?: string | undefined;
  /** Told how many passages are done, of all, while the words of an older library are indexed anew: that may take minutes. */
  readonly onReindex?: ((done: number, total: number) => void) | undefined;
}

/** A source: its record, or what a person calls it: id (or its first four digits), path, or file name. */
export type SourceName = string | SourceRecord;

export interface IndexOptions {
  /** Index again even what is unchanged. */
  readonly force?: boolean | undefined;
  /** Interrupts the run, which a later one then goes on with. */
  readonly signal?: AbortSignal | undefined;
  /** Told of progress, of warnings, and once for each input what became of it. */
  readonly onReport?: ((report: IndexReport) => void) | undefined;
  /** Gets sentences for people that concern no one source: which models do what. */
  readonly onRemark?: ((remark: string) => void) | undefined;
}

/** Where to look, and how. */
export interface SearchOptions {
  /** The sources to look in; all where absent. */
  readonly sources?: readonly SourceName[] | undefined;
  readonly kind?: SourceKind | undefined;
  /** The most places to return; 10 where absent. */
  readonly limit?: number | undefined;
  /** By words alone, whatever models of meaning are installed. */
  readonly wordsOnly?: boolean | undefined;
  /** Look at the best places again, at full frame rate, and begin each at the very frame. */
  readonly zoom?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface AskOptions extends SearchOptions {
  /** Gets the answer in pieces, where the engine writes one. */
  readonly onText?: ((piece: string) => void) | undefined;
}

export interface SummarizeOptions {
  /** Length of the overview. */
  readonly words?: number | undefined;
  /** BCP 47 code of the language to write; the source's own where absent. */
  readonly lang?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many places are looked at again: each takes a second with the reader, and two requests with a model. */
export const ZOOMED_PLACES = 3;
