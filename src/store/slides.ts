// The slide states of a source with the times they were shown, and the text read off each.
import type { SlideState, SlideText } from '../ingest/video/slide.ts';
import type { Span } from '../time.ts';
import { arrayOf, isNumber, shape } from '../shape.ts';
import { parseColumn } from './columns.ts';
import { statement, type Db } from './statement.ts';

interface StateRow {
  readonly slide_index: number;
  readonly state_index: number;
  readonly spans: string;
  readonly still_ms: number;
}

interface TextRow {
  readonly slide_index: number;
  readonly state_index: number;
  readonly title: string;
  readonly text: string;
  readonly confidence: number;
}

const isSpan = shape<Span>({ startMs: isNumber, endMs: isNumber });

export function insertSlides(
  db: Db,
  sourceNo: number,
  states: readonly SlideState[],
  texts: readonly SlideText[],
): void {
  const insertState = statement(db, 'INSERT INTO slide_states VALUES (?, ?, ?, ?, ?, ?)');
  states.forEach(({ slideIndex, stateIndex, spans, stillMs }, ordinal) =>
    insertState.run(sourceNo, ordinal, slideIndex, stateIndex, JSON.stringify(spans), stillMs),
  );
  const insertText = statement(db, 'INSERT INTO slide_texts VALUES (?, ?, ?, ?, ?, ?, ?)');
  texts.forEach(({ slideIndex, stateIndex, title, text, confidence }, ordinal) =>
    insertText.run(sourceNo, ordinal, slideIndex, stateIndex, title, text, confidence),
  );
}

export function selectSlides(db: Db, sourceNo: number): { states: SlideState[]; texts: SlideText[] } {
  const states = statement<StateRow>(db, 'SELECT * FROM slide_states WHERE source_no = ? ORDER BY ordinal')
    .all(sourceNo)
    .map((row) => ({
      slideIndex: row.slide_index,
      stateIndex: row.state_index,
      spans: parseColumn(row.spans, arrayOf(isSpan), 'slide_states.spans'),
      stillMs: row.still_ms,
    }));
  const texts = statement<TextRow>(db, 'SELECT * FROM slide_texts WHERE source_no = ? ORDER BY ordinal')
    .all(sourceNo)
    .map(({ slide_index, state_index, title, text, confidence }) => ({
      slideIndex: slide_index,
      stateIndex: state_index,
      title,
      text,
      confidence,
    }));
  return { states, texts };
}
