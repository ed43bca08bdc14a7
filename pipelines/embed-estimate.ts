// What vectors would cost, before any is made: how many places of a source need one, and the seconds, from what this library
// measured or from a stated default.
import type { Input } from '../src/ingest/discover.ts';
import type { Library } from '../src/store/library.ts';
import type { Embedder } from './embed-models.ts';
import { placesToEmbed } from './embed-places.ts';
import { readContent } from './embed-source.ts';
import { readVectorRate } from './embed-rates.ts';

export interface VectorEstimate {
  readonly model: string;
  readonly places: number;
  readonly estimatedSec: number;
}

/** A paragraph of 300 tokens through 2 billion parameters on two cores (bench/results/model-cpu.md); a GPU is much faster. */
const DEFAULT_PLACES_PER_SEC = 0.3;
/** Events of a lecture that nothing is known of yet: slides stay about as long. */
const SEC_PER_EVENT = 45;

/** Of a source whose rows are in the library; undefined where it has its vectors. */
export async function estimateMissing(
  library: Library,
  embedder: Embedder,
  input: Input,
): Promise<VectorEstimate | undefined> {
  const source = await library.findSource(input.path);
  if (!source || (await library.hasVectors(source.id, embedder.model))) return undefined;
  return estimateOf(library, embedder, placesToEmbed(await readContent(library, source)).length);
}

/** Of a source that is only measured. */
export function estimateNew(
  library: Library,
  embedder: Embedder,
  { pages, durationSec }: { readonly pages: number | null; readonly durationSec: number | null },
): Promise<VectorEstimate> {
  return estimateOf(library, embedder, pages ?? Math.ceil((durationSec ?? 0) / SEC_PER_EVENT));
}

async function estimateOf(library: Library, { model: { name } }: Embedder, places: number): Promise<VectorEstimate> {
  const placesPerSec = (await readVectorRate(library, name)) ?? DEFAULT_PLACES_PER_SEC;
  return { model: name, places, estimatedSec: places / placesPerSec };
}
