// A place as its four columns: (start_ms, end_ms) for a span of time, (page_index, end_page_index) for a run of pages.
import type { Place } from '../events/event.ts';
import { isNumber, oneOf, shape, union } from '../shape.ts';

export interface PlaceColumns {
  readonly start_ms: number | null;
  readonly end_ms: number | null;
  readonly page_index: number | null;
  readonly end_page_index: number | null;
}

export const isPlace = union(
  shape<Extract<Place, { kind: 'time' }>>({ kind: oneOf('time'), startMs: isNumber, endMs: isNumber }),
  shape<Extract<Place, { kind: 'pages' }>>({ kind: oneOf('pages'), pageIndex: isNumber, endPageIndex: isNumber }),
);

export function placeToColumns(place: Place): PlaceColumns {
  return place.kind === 'time'
    ? { start_ms: place.startMs, end_ms: place.endMs, page_index: null, end_page_index: null }
    : { start_ms: null, end_ms: null, page_index: place.pageIndex, end_page_index: place.endPageIndex };
}

export function placeFromColumns({ start_ms, end_ms, page_index, end_page_index }: PlaceColumns): Place {
  return start_ms === null
    ? { kind: 'pages', pageIndex: page_index!, endPageIndex: end_page_index! }
    : { kind: 'time', startMs: start_ms, endMs: end_ms! };
}
