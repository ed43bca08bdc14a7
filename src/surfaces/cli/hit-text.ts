// What hits and citations look like on a terminal.
import type { Hit } from '../../query/hit.ts';
import { formatClock, formatTimestamp } from '../../time.ts';

export function placeText(hit: Pick<Hit, 'startMs' | 'endMs' | 'pageIndex' | 'pageLabel'>): string {
  if (hit.startMs !== null && hit.endMs !== null) return `${formatClock(hit.startMs)}–${formatClock(hit.endMs)}`;
  if (hit.pageIndex === null) return '';
  const number = `page ${hit.pageIndex + 1}`;
  return hit.pageLabel === null || hit.pageLabel === String(hit.pageIndex + 1)
    ? number
    : `${number} (${hit.pageLabel})`;
}

/** How much the place moved when it was looked at again. */
export function zoomText({ zoom, startMs }: Pick<Hit, 'zoom' | 'startMs'>): string {
  if (!zoom || startMs === null) return '';
  return `  begins at ${formatTimestamp(startMs)} (${zoom.engine})`;
}
