// The chapters of a source, in order of place.
import type { Chapter } from '../events/event.ts';
import { statement, type Db } from './statement.ts';
import { placeFromColumns, placeToColumns, type PlaceColumns } from './place.ts';

export function insertChapters(db: Db, sourceNo: number, chapters: readonly Chapter[]): void {
  const insert = statement(
    db,
    `INSERT INTO chapters VALUES (@sourceNo, @ordinal, @start_ms, @end_ms, @page_index, @end_page_index, @title, @summary)`,
  );
  chapters.forEach(({ place, title, summary }, ordinal) =>
    insert.run({ sourceNo, ordinal, ...placeToColumns(place), title, summary }),
  );
}

export function selectChapters(db: Db, sourceNo: number): Chapter[] {
  return statement<PlaceColumns & { title: string; summary: string }>(
    db,
    'SELECT * FROM chapters WHERE source_no = ? ORDER BY ordinal',
  )
    .all(sourceNo)
    .map((row) => ({ place: placeFromColumns(row), title: row.title, summary: row.summary }));
}
