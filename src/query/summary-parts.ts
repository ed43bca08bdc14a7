// The lines of a long source to parts of about one length, cut where a chapter begins if one does nearby.
import type { Chapter, Event, Place } from '../events/event.ts';
import type { Line } from './summary-request.ts';

/** A cut moves by at most this share of a part. */
const REACH = 0.3;

/** The function that cuts lines about `events` into so many parts, none of them empty. */
export function partsOf(events: readonly Event[], chapters: readonly Chapter[]) {
  const starts = chapters.map(({ place }) => startOf(place));
  const chapterOf = ({ number }: Line): number | undefined => {
    const event = number === null ? undefined : events[number - 1];
    return event && starts.findLastIndex((start) => start <= startOf(event.place));
  };
  return (lines: readonly Line[], numParts: number): Line[][] => {
    const size = lines.length / Math.min(lines.length, numParts);
    const parts: Line[][] = [];
    let first = 0;
    while (first < lines.length) {
      const wanted = first + Math.max(1, Math.round(size));
      const end = wanted >= lines.length ? lines.length : nearestBorder(first, wanted);
      parts.push(lines.slice(first, end));
      first = end;
    }
    return parts;

    function nearestBorder(first: number, wanted: number): number {
      const reach = Math.floor(size * REACH);
      for (let away = 0; away <= reach; away++) {
        for (const at of [wanted - away, wanted + away]) {
          const [before, after] = [lines[at - 1], lines[at]];
          if (at > first && before && after && chapterOf(before) !== chapterOf(after)) return at;
        }
      }
      return wanted;
    }
  };
}

function startOf(place: Place): number {
  return place.kind === 'time' ? place.startMs : place.pageIndex;
}
