// The last step of every indexing story: the engine turns what ingest found into events and chapters, and all of it is
// packed as the rows of one source.
import { languageOf } from '../src/events/document-prose.ts';
import { detectLanguage } from '../src/text/language.ts';
import type { SourceContent, SourceRecord } from '../src/store/library.ts';
import type { EngineDescription, SourceMaterial } from './engine.ts';
import type { IndexContext } from './index-context.ts';

/** What a story finds out about its source, beside the rows. */
export type SourceFacts = Pick<
  SourceRecord,
  'kind' | 'title' | 'durationMs' | 'numPages' | 'lang' | 'video' | 'engine'
>;

export interface ReadSource {
  readonly facts: SourceFacts;
  readonly content: SourceContent;
  /** Something that may come another time is missing (a server did not answer): the next run reads the source again. */
  readonly isUnfinished?: boolean;
}

export async function understand(
  material: SourceMaterial,
  facts: Pick<SourceFacts, 'title' | 'video'>,
  context: IndexContext,
): Promise<ReadSource> {
  const describe = () => context.engine.describe(material, context);
  return sourceOf(material, await understandInTurn(describe, undefined, context), facts, context);
}

/** Sources are understood a few at a time; another one may be read once this one is read and has its turn. */
export async function understandInTurn(
  describe: () => Promise<EngineDescription>,
  reading: Promise<unknown> | undefined,
  { shared, handOver }: IndexContext,
): Promise<EngineDescription> {
  return shared.understanding.add(() => {
    // Where reading fails, so does this.
    if (reading) reading.then(handOver, () => undefined);
    else handOver();
    return describe();
  });
}

/** All rows of one source. */
export function sourceOf(
  material: SourceMaterial,
  { events, chapters, isUnfinished = false }: EngineDescription,
  facts: Pick<SourceFacts, 'title' | 'video'>,
  { engine, config }: Pick<IndexContext, 'engine' | 'config'>,
): ReadSource {
  const { kind, durationMs, captions, slides, slideTexts, pages, document } = material;
  const lang = config.lang ?? captions?.lang ?? languageOfText(material);
  return {
    facts: {
      ...facts,
      kind,
      durationMs,
      numPages: document?.numPages ?? null,
      lang,
      engine: engine.nameFor?.(material) ?? engine.name,
    },
    content: { captions, slides, slideTexts, pages, document, events, chapters, summary: null },
    isUnfinished,
  };
}

/** Enough text to tell a language by: a detector gains nothing from the other hours. */
const SAMPLE_CHARACTERS = 20_000;

function languageOfText(material: SourceMaterial): string | null {
  if (material.kind === 'document') return languageOf(material.pages);
  return detectLanguage(sampleText(material))?.lang ?? null;
}

function sampleText({ captions, slideTexts }: SourceMaterial): string {
  const parts = [captions?.cues ?? [], slideTexts].flat();
  let text = '';
  for (const part of parts) {
    if (text.length > SAMPLE_CHARACTERS) break;
    text += `${part.text}\n`;
  }
  return text;
}
