// The models that know meaning, as the settings name them: one that gives places and queries their vectors, one that judges how
// well a text answers a query. Which they are is read from their folders; weights are loaded when the first input comes.
import { modelFolders } from '../src/config-folders.ts';
import { type Config } from '../src/config.ts';
import { EmbeddingModel } from '../src/model/embed/embedding-model.ts';
import type { Representable } from '../src/model/embed/represent.ts';
import { Reranker } from '../src/model/embed/reranker.ts';
import { InstalledModels, type InstalledModel } from '../src/model/installed-models.ts';
import type { VectorModel } from '../src/store/library.ts';
import { deviceFor } from './open-model.ts';

/**
 * Leading dimensions that are kept of longer vectors. The released models are trained so that these are a vector of their own, and
 * a search reads half or a quarter of the bytes.
 */
const MAX_DIMENSIONS = 1024;
/** Raised whenever the same place would be shown to the model otherwise (embed-places.ts): its vectors are then made anew. */
const PLACES_VERSION = 1;
/** The released models' own words for a query that looks for passages and pictures. */
const QUERY_INSTRUCTION = "Retrieve images or text relevant to the user's query.";

export class Embedder implements AsyncDisposable {
  readonly model: VectorModel;
  readonly #installed: InstalledModel;
  readonly #device: Config['device'];
  #opened: Promise<EmbeddingModel> | undefined;

  constructor(installed: InstalledModel, config: Pick<Config, 'device'>) {
    const { name, model } = installed;
    this.#installed = installed;
    this.#device = deviceFor(installed, config);
    const dimensions = Math.min(MAX_DIMENSIONS, model.config.text.hiddenSize);
    this.model = { name, identity: model.weightsSha256, dimensions, version: PLACES_VERSION };
  }

  /** [dimensions], length 1. Rejects as EmbeddingModel.embed does. */
  async embedPlace(place: Representable, signal?: AbortSignal): Promise<Float32Array> {
    const { dimensions } = this.model;
    return (await this.#open()).embed(place, { dimensions, signal });
  }

  async embedQuery(text: string): Promise<Float32Array> {
    const { dimensions } = this.model;
    return (await this.#open()).embed({ text }, { dimensions, instruction: QUERY_INSTRUCTION });
  }

  /** Whether pictures cost little beside text here: a GPU encodes one in the time of a few words. */
  async seesCheaply(): Promise<boolean> {
    return (await this.#open()).device !== 'cpu';
  }

  #open(): Promise<EmbeddingModel> {
    this.#opened ??= EmbeddingModel.open(this.#installed.model.folder, { device: this.#device });
    return this.#opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** Texts that are read for one query where no GPU reads them: some 3,000 tokens. */
const CPU_TEXTS = 8;

export class Judge implements AsyncDisposable {
  readonly #installed: InstalledModel;
  readonly #device: Config['device'];
  #opened: Promise<Reranker> | undefined;

  constructor(installed: InstalledModel, config: Pick<Config, 'device'>) {
    this.#installed = installed;
    this.#device = deviceFor(installed, config);
  }

  /** How well each text answers the query, from 0 to 1; on a CPU the first few. Rejects as Reranker.score does. */
  async score(query: string, texts: readonly string[]): Promise<number[]> {
    this.#opened ??= this.#open();
    const reranker = await this.#opened;
    const instruction = QUERY_INSTRUCTION;
    const scores: number[] = [];
    const numJudged = reranker.device === 'cpu' ? CPU_TEXTS : texts.length;
    for (const text of texts.slice(0, numJudged))
      scores.push(await reranker.score({ text: query }, { text }, { instruction }));
    return scores;
  }

  #open(): Promise<Reranker> {
    const { model, answers } = this.#installed;
    return Reranker.open(model.folder, { device: this.#device, ...(answers && { answers }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** undefined where none is installed or it is switched off. Rejects with ModelNotFoundError or ModelKindError for a name that is none. */
export function findEmbedder(config: Config): Promise<InstalledModel | undefined> {
  return findModel(config, 'embedding', config.embedding);
}

export function findReranker(config: Config): Promise<InstalledModel | undefined> {
  return findModel(config, 'reranker', config.reranker);
}

async function findModel(
  config: Config,
  kind: 'embedding' | 'reranker',
  setting: string,
): Promise<InstalledModel | undefined> {
  if (setting === 'off') return undefined;
  const models = new InstalledModels(modelFolders(config));
  return setting === 'auto' ? models.findLast(kind) : models.findOfKind(setting, kind);
}
