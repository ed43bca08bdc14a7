// The public surface: what another program may import from Lectern. Hand-written, no wildcard.
export { LecternError, UsageError, InputError, type ErrorDetail } from './errors.ts';
export type { Event, Chapter, KeyPoint, Summary, Evidence, Place } from './events/event.ts';
export type { Library, SourceRecord, Passage, PassageHit } from './store/library.ts';
