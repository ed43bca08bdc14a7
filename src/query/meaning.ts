// What a search knows besides words, where an embedding model is installed: which places mean nearly what a query means, and how
// well a text answers it. The models are the pipelines' matter; a search without this object is a search by words.
import type { Library, NearPlace, VectorFilter } from '../store/library.ts';

export interface Meaning {
  /** Places nearest to the query, best first, none below the floor: what only stands less far off than the rest is no match. */
  nearest(library: Library, query: string, filter: VectorFilter): Promise<NearPlace[]>;
  /** How well each text answers the query, from 0 to 1: of as many of the first ones as there is time for, none without a judge. */
  score(query: string, texts: readonly string[]): Promise<readonly number[]>;
}
