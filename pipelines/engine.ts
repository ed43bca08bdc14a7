// The shape that all engines share: material of one source in, events and chapters out; a question in, a checked answer
// out. The pipelines see only this. `reader` needs no model; the model engines come with the model runtime.
import type { Config } from '../src/config.ts';
import { LecternError } from '../src/errors.ts';
import type { SourceDescription, SourceInput } from '../src/events/describe-source.ts';
import type { Summary } from '../src/events/event.ts';
import type { Answer } from '../src/query/answer.ts';
import type { Library, SourceKind, SourceRecord } from '../src/store/library.ts';

/** What ingest found in one source, before anything is understood. */
export type SourceMaterial = SourceInput;

export interface QuestionRequest {
  readonly question: string;
  readonly sourceIds?: readonly string[];
  readonly kind?: SourceKind;
  /** The most citations an answer may rest on. */
  readonly limit?: number;
}

export interface SummaryRequest {
  /** Length of the overview. */
  readonly words?: number;
  /** BCP 47 code asked for; the source's own language where absent. */
  readonly lang?: string;
}

export interface Engine {
  readonly name: string;
  /** Raised whenever the same material would give other events: part of a source's fingerprint. */
  readonly version: number;
  describe(material: SourceMaterial, signal: AbortSignal): Promise<SourceDescription>;
  summarize(library: Library, source: SourceRecord, request: SummaryRequest): Promise<Summary>;
  answer(library: Library, request: QuestionRequest): Promise<Answer>;
}

export class EngineUnavailableError extends LecternError {
  constructor(name: string) {
    super(`The engine ${name} is not part of this version of Lectern`, {
      code: 'ENGINE_UNAVAILABLE',
      remedy: 'Use --engine reader, which needs no model.',
    });
  }
}

export async function openEngine(config: Pick<Config, 'engine'>): Promise<Engine> {
  if (config.engine !== 'reader') throw new EngineUnavailableError(config.engine);
  const { readerEngine } = await import('./reader-engine.ts');
  return readerEngine;
}
