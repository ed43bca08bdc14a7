// The one summary of a source.
import type { KeyPoint, Summary } from '../events/event.ts';
import { arrayOf, isString, shape } from '../shape.ts';
import { parseColumn } from './columns.ts';
import { statement, type Db } from './statement.ts';
import { isPlace } from './place.ts';

interface SummaryRow {
  readonly overview: string;
  readonly key_points: string;
  readonly engine: string;
  readonly lang: string;
}

const isKeyPoint = shape<KeyPoint>({ text: isString, place: isPlace });

export function insertSummary(db: Db, sourceNo: number, { overview, keyPoints, engine, lang }: Summary): void {
  statement(db, 'INSERT INTO summaries VALUES (?, ?, ?, ?, ?)').run(
    sourceNo,
    overview,
    JSON.stringify(keyPoints),
    engine,
    lang,
  );
}

export function selectSummary(db: Db, sourceNo: number): Summary | undefined {
  const row = statement<SummaryRow>(db, 'SELECT * FROM summaries WHERE source_no = ?').get(sourceNo);
  if (!row) return undefined;
  return {
    overview: row.overview,
    keyPoints: parseColumn(row.key_points, arrayOf(isKeyPoint), 'summaries.key_points'),
    engine: row.engine,
    lang: row.lang,
  };
}
