// Zooming in: the best places of an answer are looked at again, at the video's full frame rate, and their beginnings moved to the
// frame at which the thing begins. A model is asked where there is one; otherwise the frame is where the slide comes on.
import { InputError } from '../src/errors.ts';
import { findExactChange, type FrameTime } from '../src/ingest/video/exact-change.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import type { SlideState } from '../src/ingest/video/slide.ts';
import type { HitPlace, HitSource } from '../src/query/hit.ts';
import { linkTimes } from '../src/query/link.ts';
import type { Library } from '../src/store/library.ts';
import { secToMs } from '../src/time.ts';
import type { Engine } from './engine.ts';
import type { Clip } from './window-media.ts';

/** A hit or a citation. */
export interface Zoomable extends HitPlace {
  readonly source: HitSource;
  readonly title: string;
  readonly link: string;
}

export interface ZoomRequest {
  readonly query: string;
  /** How many places, best first, are looked at again. */
  readonly limit: number;
  readonly signal?: AbortSignal;
}

/** A slide that comes on this near to a beginning is what begins. */
const NEAR_MS = 2000;
/** Boundaries lie at most half a second after the change; a slow fade is over by then. */
const REACH_SEC = 1.2;

/** The same places, those that were found again with `zoom` and a beginning to the frame. */
export async function zoomPlaces<P extends Zoomable>(
  library: Library,
  engine: Engine,
  places: readonly P[],
  request: ZoomRequest,
): Promise<P[]> {
  const zoomed: P[] = [];
  for (const [i, place] of places.entries()) {
    request.signal?.throwIfAborted();
    zoomed.push(i < request.limit ? await zoom(library, engine, place, request) : place);
  }
  return zoomed;
}

async function zoom<P extends Zoomable>(
  library: Library,
  engine: Engine,
  place: P,
  { query, signal }: ZoomRequest,
): Promise<P> {
  const { source, startMs, endMs } = place;
  if (startMs === null || endMs === null || source.kind !== 'video') return { ...place, zoom: null };
  const clip = await openClip(source.path, signal);
  if (!clip) return { ...place, zoom: null };
  const subject = { query, title: place.title };
  const byEngine = await engine.beginningOf?.(clip, startMs / 1000, subject, signal);
  const found = byEngine ?? (await slideChange(clip, startMs, (await library.readSlides(source.id)).states, signal));
  if (!found || secToMs(found.timeSec) >= endMs) return { ...place, zoom: null };
  const foundMs = secToMs(found.timeSec);
  const { pts, timeBase } = found;
  return {
    ...place,
    startMs: foundMs,
    link: linkTimes(source.path, foundMs, endMs),
    zoom: { fromMs: startMs, pts, timeBase, engine: byEngine?.engine ?? 'reader' },
  };
}

/** undefined where there are no pictures; a file that is gone or damaged is found by what is known of it, as before. */
async function openClip(path: string, signal: AbortSignal | undefined): Promise<Clip | undefined> {
  try {
    const probe = await probeMedia(path, signal);
    return probe.video ? { path, probe } : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The frame at which a slide comes on, nearest to a beginning. */
async function slideChange(
  { path, probe }: Clip,
  startMs: number,
  states: readonly SlideState[],
  signal: AbortSignal | undefined,
): Promise<FrameTime | undefined> {
  const starts = states.flatMap(({ spans }) => spans.map((span) => span.startMs)).sort((a, b) => a - b);
  const distance = (ms: number) => Math.abs(ms - startMs);
  // The first picture of all comes on with the video, not at a change.
  const near = starts.slice(1).filter((ms) => distance(ms) <= NEAR_MS);
  const [nearest] = near.sort((a, b) => distance(a) - distance(b));
  if (nearest === undefined) return undefined;
  return findExactChange(path, probe, { nearSec: nearest / 1000, reachSec: REACH_SEC }, signal);
}
