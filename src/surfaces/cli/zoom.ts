// `--zoom`: the best places of a search or an answer looked at again at the video's full frame rate.
import { Option } from 'commander';
import type { Engine } from '../../../pipelines/engine.ts';
import type { Zoomable } from '../../../pipelines/zoom-hits.ts';
import type { Config } from '../../config.ts';
import type { Library } from '../../store/library.ts';
import { positiveInteger } from './common.ts';
import { abortOnSignals } from './interrupt.ts';

const DEFAULT_PLACES = 3;

export const zoomOption = () =>
  new Option(
    '--zoom [n]',
    `look at the best n again (${DEFAULT_PLACES}), at full frame rate, and begin each at the very frame`,
  ).argParser(positiveInteger('zoom', 100));

export async function zoomInto<P extends Zoomable>(
  library: Library,
  engine: Engine,
  places: readonly P[],
  query: string,
  zoom: number | true,
  signal: AbortSignal,
): Promise<P[]> {
  const { zoomPlaces } = await import('../../../pipelines/zoom-hits.ts');
  return zoomPlaces(library, engine, places, { query, limit: zoom === true ? DEFAULT_PLACES : zoom, signal });
}

/** For a command without an engine of its own; undefined where nobody asked for it. */
export async function openZoom(library: Library, config: Config, zoom: number | true | undefined) {
  if (zoom === undefined) return undefined;
  const { signal } = abortOnSignals();
  const { openEngine } = await import('../../../pipelines/engine.ts');
  const engine = await openEngine(config, { signal });
  return {
    into: <P extends Zoomable>(places: readonly P[], query: string) =>
      zoomInto(library, engine, places, query, zoom, signal),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
