// The events of a source, in order of place.
import type { Event, Evidence } from '../events/event.ts';
import { arrayOf, isNumber, isString, oneOf, optional, shape, union } from '../shape.ts';
import { parseColumn } from './columns.ts';
import type { TimeRange } from './library.ts';
import { statement, type Db } from './statement.ts';
import { placeFromColumns, placeToColumns, type PlaceColumns } from './place.ts';

interface EventRow extends PlaceColumns {
  readonly title: string;
  readonly summary: string;
  readonly evidence: string;
  readonly engine: string;
  readonly status: Event['status'];
  readonly note: string | null;
}

type EvidenceOf<Kind extends Evidence['kind']> = Extract<Evidence, { kind: Kind }>;

const isEvidence = union(
  union(
    shape<EvidenceOf<'slide'>>({
      kind: oneOf('slide'),
      slideIndex: isNumber,
      stateIndex: isNumber,
      text: isString,
      startMs: optional(isNumber),
      endMs: optional(isNumber),
    }),
    shape<EvidenceOf<'quote'>>({ kind: oneOf('quote'), startMs: isNumber, endMs: isNumber, text: isString }),
  ),
  union(
    shape<EvidenceOf<'page'>>({ kind: oneOf('page'), pageIndex: isNumber, text: isString }),
    shape<EvidenceOf<'shown'>>({ kind: oneOf('shown'), text: isString }),
  ),
);

export function insertEvents(db: Db, sourceNo: number, events: readonly Event[]): void {
  const insert = statement(db, 'INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  events.forEach(({ place, title, summary, evidence, engine, status, note = null }, ordinal) => {
    const { start_ms, end_ms, page_index, end_page_index } = placeToColumns(place);
    const places = [start_ms, end_ms, page_index, end_page_index];
    insert.run(sourceNo, ordinal, ...places, title, summary, JSON.stringify(evidence), engine, status, note);
  });
}

/** All events, or those that overlap [fromMs, toMs) where one of them is given: events on pages then don't count. */
export function selectEvents(db: Db, sourceNo: number, range?: TimeRange): Event[] {
  const isBounded = range?.fromMs !== undefined || range?.toMs !== undefined;
  const rows = isBounded
    ? statement<EventRow>(
        db,
        'SELECT * FROM events WHERE source_no = ? AND end_ms > ? AND start_ms < ? ORDER BY ordinal',
      ).all(sourceNo, range.fromMs ?? -Infinity, range.toMs ?? Infinity)
    : statement<EventRow>(db, 'SELECT * FROM events WHERE source_no = ? ORDER BY ordinal').all(sourceNo);
  return rows.map(toEvent);
}

/** The event under way at a time; of several the one that began last. */
export function selectEventAt(db: Db, sourceNo: number, atMs: number): Event | undefined {
  const row = statement<EventRow>(
    db,
    `SELECT * FROM events WHERE source_no = ? AND start_ms < ? AND end_ms > ?
     ORDER BY start_ms DESC, ordinal DESC LIMIT 1`,
  ).get(sourceNo, atMs + 1, atMs);
  return row && toEvent(row);
}

function toEvent(row: EventRow): Event {
  return {
    place: placeFromColumns(row),
    title: row.title,
    summary: row.summary,
    evidence: parseColumn(row.evidence, arrayOf(isEvidence), 'events.evidence'),
    engine: row.engine,
    status: row.status,
    ...(row.note !== null && { note: row.note }),
  };
}

/** Ends of the events that have a time, ascending. */
export function selectEventEnds(db: Db, sourceNo: number): number[] {
  // The index alone says so: nothing else of the events is read.
  const select = statement(
    db,
    'SELECT end_ms FROM events WHERE source_no = ? AND start_ms IS NOT NULL ORDER BY start_ms',
  );
  // Events mostly end in the order in which they begin, which this sort makes use of.
  return (select.pluck().all(sourceNo) as number[]).sort((a, b) => a - b);
}
