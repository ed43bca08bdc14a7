// Which evidence a model answers from: the only source as a whole where it fits, otherwise as much of what the search finds as does.
import type { Library, SourceKind, SourceRecord } from '../store/library.ts';
import { evidenceOfSearch, evidenceOfSource, type NumberedEvidence } from './model-evidence.ts';
import type { SearchRequest } from './search.ts';

export interface ChosenEvidence {
  readonly evidence: readonly NumberedEvidence[];
  /** All of one source: the next question about it begins with the same. */
  readonly isWhole: boolean;
}

type Asked = Omit<SearchRequest, 'limit'>;
/** Tokens of the whole prompt. */
type Count = (evidence: readonly NumberedEvidence[]) => Promise<number>;

/** No language and no code takes fewer tokens than its characters over this: such a source need not be counted. */
const MAX_CHARACTERS_PER_TOKEN = 8;

/** What the search finds, looked for once. */
export type Find = () => Promise<readonly NumberedEvidence[]>;

export function findOnce(library: Library, asked: Asked): Find {
  let found: Promise<readonly NumberedEvidence[]> | undefined;
  return () => (found ??= evidenceOfSearch(library, asked));
}

/** `room`: tokens of a prompt with a whole source, and of one with what is found. */
export async function chooseEvidence(
  library: Library,
  asked: Pick<Asked, 'sourceIds' | 'kind'>,
  find: Find,
  count: Count,
  room: { readonly whole: number; readonly found: number },
): Promise<ChosenEvidence> {
  // A question to a whole library that holds nothing about it is answered by nobody.
  const isNowhere = !asked.sourceIds && (await find()).length === 0;
  const source = isNowhere ? undefined : await onlySource(library, asked.sourceIds, asked.kind);
  if (source) {
    const whole = await evidenceOfSource(library, source);
    const isShort = charactersOf(whole) <= room.whole * MAX_CHARACTERS_PER_TOKEN;
    if (whole.length > 0 && isShort && (await count(whole)) <= room.whole) return { evidence: whole, isWhole: true };
  }
  return foundEvidence(find, count, room.found);
}

/** As much of what the search finds as fits. */
export async function foundEvidence(find: Find, count: Count, room: number): Promise<ChosenEvidence> {
  return cutTo(room, await find(), count);
}

/** The best passages come first. */
async function cutTo(room: number, found: readonly NumberedEvidence[], count: Count): Promise<ChosenEvidence> {
  let evidence = found;
  while (evidence.length > 1 && (await count(evidence)) > room) evidence = evidence.slice(0, -1);
  return { evidence, isWhole: false };
}

/** The source that is asked about, where there is but one: named, or alone in the library. */
async function onlySource(
  library: Library,
  sourceIds: readonly string[] | undefined,
  kind: SourceKind | undefined,
): Promise<SourceRecord | undefined> {
  if (sourceIds) return sourceIds.length === 1 ? library.findSource(sourceIds[0]!) : undefined;
  const sources = (await library.listSources()).filter((source) => kind === undefined || source.kind === kind);
  return sources.length === 1 ? sources[0] : undefined;
}

function charactersOf(evidence: readonly NumberedEvidence[]): number {
  return evidence.reduce((sum, { lines }) => sum + lines.reduce((all, { text }) => all + text.length, 0), 0);
}
