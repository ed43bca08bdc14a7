// The public surface: what another program may import from Lectern. Hand-written, no wildcard.
export { openLibrary, type LecternLibrary } from './surfaces/api/lectern-library.ts';
export type {
  AskOptions,
  IndexOptions,
  OpenLibraryOptions,
  SearchOptions,
  SourceName,
  SummarizeOptions,
} from './surfaces/api/requests.ts';
export type { ConfigOverrides as Settings } from './config.ts';
export { InputError, InterruptedError, LecternError, UsageError, type ErrorDetail } from './errors.ts';

export type { IndexOutcome, IndexReport } from '../pipelines/index-sources.ts';
export type { IndexPlan, PlannedInput } from '../pipelines/plan-index.ts';
export type { Chapter, Event, Evidence, KeyPoint, Place, Summary } from './events/event.ts';
export type { Answer } from './query/answer.ts';
export type { Citation } from './query/citations.ts';
export type { Hit, HitPlace, HitSource, Zoom } from './query/hit.ts';
export type { SearchAnswer } from './query/search.ts';
export type { SourceKind, SourceRecord, TimeRange, VideoFacts } from './store/library.ts';
export type { ExportFormat } from './surfaces/formats/export.ts';
export type { SourceSummary } from './surfaces/formats/summary.ts';
