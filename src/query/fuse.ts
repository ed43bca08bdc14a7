// Two rankings of places into one by reciprocal rank (Cormack, Clarke and Buettcher, SIGIR 2009): scores of words and angles of
// vectors share no scale, ranks do. A place found both ways stands above one found one way.
import type { NearPlace } from '../store/library.ts';
import type { Moment } from './moments.ts';
import type { RankedPage } from './rank-pages.ts';

/** What is ranked: moments of timed sources, pages of documents. */
export type RankedPlace = Moment | (RankedPage & { readonly sourceId: string });

/** `isWordless`: found by its meaning alone. */
export type FusedPlace = RankedPlace & { readonly isWordless?: boolean };

/** The paper's constant: how little the first rank counts above the tenth. */
const RANK_OFFSET = 60;

/** Both best first. Places with words keep their bounds: they begin at the word, an event at its slide or pause. */
export function fusePlaces(worded: readonly RankedPlace[], near: readonly NearPlace[]): FusedPlace[] {
  const fused: { place: FusedPlace; score: number }[] = worded.map((place, i) => ({ place, score: reciprocal(i) }));
  const met = new Set<number>();
  near.forEach((one, i) => {
    const same = fused.findIndex(({ place }) => isSame(place, one));
    // Of several events within one moment the nearest counts.
    if (same >= 0 && met.has(same)) return;
    if (same >= 0) fused[same]!.score += reciprocal(i);
    else fused.push({ place: toPlace(one), score: reciprocal(i) });
    met.add(same >= 0 ? same : fused.length - 1);
  });
  return fused.map(({ place, score }) => ({ ...place, score })).sort((a, b) => b.score - a.score);
}

const reciprocal = (rank: number) => 1 / (RANK_OFFSET + 1 + rank);

/** One page, or spans that share most of the shorter one. */
function isSame(place: RankedPlace, near: NearPlace): boolean {
  if (place.sourceId !== near.sourceId) return false;
  if ('pageIndex' in place) return place.pageIndex === near.pageIndex;
  if (near.startMs === null || near.endMs === null) return false;
  const shared = Math.min(place.endMs, near.endMs) - Math.max(place.startMs, near.startMs);
  return shared > 0 && shared >= 0.5 * Math.min(place.endMs - place.startMs, near.endMs - near.startMs);
}

function toPlace({ sourceId, startMs, endMs, pageIndex }: NearPlace): FusedPlace {
  return pageIndex === null
    ? { sourceId, score: 0, isWordless: true, startMs: startMs ?? 0, endMs: endMs ?? 0 }
    : { sourceId, score: 0, isWordless: true, pageIndex, heading: undefined };
}
