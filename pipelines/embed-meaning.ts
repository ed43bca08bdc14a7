// Meaning for a search, from the models that are installed. Where there are none nothing is loaded: a search by words starts as
// fast as it did.
import { modelFolders } from '../src/config-folders.ts';
import { type Config } from '../src/config.ts';
import { holdsSpecialModels } from '../src/model/model-kind.ts';
import type { Meaning } from '../src/query/meaning.ts';
import type { Library, NearPlace, VectorFilter } from '../src/store/library.ts';
import type { Embedder, Judge } from './embed-models.ts';

export interface OpenedMeaning extends Meaning, AsyncDisposable {
  /** Whether the library had vectors to compare with when this was opened. */
  readonly knowsPlaces: boolean;
}

/** undefined where no model that could help is installed. Rejects with ModelNotFoundError, ModelKindError. */
export async function openMeaning(library: Library, config: Config): Promise<OpenedMeaning | undefined> {
  if (!(await mayKnowMeaning(config))) return undefined;
  const { Embedder, Judge, findEmbedder, findReranker } = await import('./embed-models.ts');
  const [embedding, reranker, counts] = await Promise.all([
    findEmbedder(config),
    findReranker(config),
    library.countVectors(),
  ]);
  const embedder = embedding && new Embedder(embedding, config);
  // A model is not loaded for a query that it could compare with nothing.
  const isOfUse = counts.some(({ identity }) => identity === embedder?.model.identity);
  if (!isOfUse && !reranker) return undefined;
  return new InstalledMeaning(
    isOfUse ? embedder : undefined,
    reranker && new Judge(reranker, config),
    config.similarityFloor,
  );
}

/** What gives places their vectors; undefined where no such model is installed. Rejects as openMeaning does. */
export async function openEmbedder(config: Config): Promise<Embedder | undefined> {
  if (!(await mayKnowMeaning(config))) return undefined;
  const { Embedder, findEmbedder } = await import('./embed-models.ts');
  const installed = await findEmbedder(config);
  return installed && new Embedder(installed, config);
}

/** Told without loading anything that knows models. A name that is not installed is an error, and not told here. */
async function mayKnowMeaning({ embedding, reranker, ...config }: Config): Promise<boolean> {
  const settings = [embedding, reranker].filter((setting) => setting !== 'off');
  if (settings.some((setting) => setting !== 'auto')) return true;
  if (settings.length === 0) return false;
  return (await Promise.all(modelFolders(config).map(holdsSpecialModels))).includes(true);
}

class InstalledMeaning implements OpenedMeaning {
  readonly #embedder: Embedder | undefined;
  readonly #judge: Judge | undefined;
  readonly #floor: number;

  constructor(embedder: Embedder | undefined, judge: Judge | undefined, floor: number) {
    this.#embedder = embedder;
    this.#judge = judge;
    this.#floor = floor;
  }

  get knowsPlaces(): boolean {
    return this.#embedder !== undefined;
  }

  async nearest(library: Library, query: string, filter: VectorFilter): Promise<NearPlace[]> {
    if (!this.#embedder || query.trim() === '') return [];
    const vector = await this.#embedder.embedQuery(query);
    const found = await library.nearestPlaces(this.#embedder.model, vector, filter);
    // There is always a nearest place, so without a floor everything would be found in every library. The default is a guess until it
    // is measured with released weights, hence the setting; places that hold the query's words are found by those in any case.
    return found.filter(({ similarity }) => similarity >= this.#floor);
  }

  async score(query: string, texts: readonly string[]): Promise<readonly number[]> {
    return texts.length > 1 && this.#judge ? this.#judge.score(query, texts) : [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#embedder?.[Symbol.asyncDispose]();
    await this.#judge?.[Symbol.asyncDispose]();
  }
}
