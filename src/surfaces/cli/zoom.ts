// `--zoom`: the best places of a search or an answer looked at again at the video's full frame rate.
import type { Engine } from '../../../pipelines/engine.ts';
import type { Zoomable } from '../../../pipelines/zoom-hits.ts';
import type { Config } from '../../config.ts';
import type { Library } from '../../store/library.ts';
import { abortOnSignals } from './interrupt.ts';

/** Each takes a second with the reader, and two requests with a model. */
const PLACES = 3;

export const ZOOM = [
  '--zoom',
  `look at the best ${PLACES} again, at full frame rate, and begin each at the very frame`,
] as const;

export async function zoomInto<P extends Zoomable>(
  library: Library,
  engine: Engine,
  places: readonly P[],
  query: string,
  signal: AbortSignal,
): Promise<P[]> {
  const { zoomPlaces } = await import('../../../pipelines/zoom-hits.ts');
  return zoomPlaces(library, engine, places, { query, limit: PLACES, signal });
}

/** For a command without an engine of its own; undefined where nobody asked for it. */
export async function openZoom(library: Library, config: Config, isAsked: boolean | undefined) {
  if (!isAsked) return undefined;
  const { signal } = abortOnSignals();
  const { openEngine } = await import('../../../pipelines/open-engine.ts');
  const engine = await openEngine(config, { signal });
  return {
    into: <P extends Zoomable>(places: readonly P[], query: string) => zoomInto(library, engine, places, query, signal),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
