// Brings the words of a library up to date when the way that they are cut or stemmed has changed, or which are searched: from the
// passages that are stored, source by source, with the index of one shard in memory. Leaves alone what a change didn't touch.
import { stemmingLanguage } from '../../text/stem.ts';
import { statement, type Db } from '../statement.ts';
import { reindexPassages } from './index-writer.ts';
import { selectShards } from './passage-rows.ts';
import { PASSAGE_KINDS } from './passages.ts';

/** Told after each source: passages dealt with, of all there are. */
export type ReportReindexing = (done: number, total: number) => void;

interface ReadSource {
  readonly no: number;
  readonly lang: string | null;
}

/** Whether a change touched the words of a source. */
export type IsReadOtherwise = (db: Db, source: ReadSource) => boolean;

/** Letters that English text was read in otherwise: those of scripts whose words are stemmed or paired now, and those folded now. */
const READ_OTHERWISE =
  /[ßæœøđðłþıÆŒØĐÐŁÞẞ]|(?![\p{Script=Latin}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Greek}])\p{L}/u;

/** In the caller's transaction: whoever is interrupted finds the library as it was. */
export function reindexWords(
  db: Db,
  changes: readonly IsReadOtherwise[],
  report: ReportReindexing = () => undefined,
): void {
  const sources = statement<ReadSource & { size: number }>(
    db,
    `SELECT no, lang, coalesce((SELECT sum(num_passages) FROM shards WHERE source_no = no), 0) AS size
     FROM sources ORDER BY no`,
  ).all();
  const total = sources.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  for (const source of sources) {
    if (changes.some((isReadOtherwise) => isReadOtherwise(db, source))) reindexPassages(db, source);
    report((done += source.size), total);
  }
}

/** Words are stemmed by the language of their source, and no longer all as English. */
export function isOtherThanEnglish(db: Db, { no, lang }: ReadSource): boolean {
  if (stemmingLanguage('a', lang) !== 'en') return true;
  const select = statement<{ title: string; text: string }>(
    db,
    'SELECT title, text FROM passages WHERE id BETWEEN ? AND ?',
  );
  for (const { firstId, lastId } of selectShards(db, no, PASSAGE_KINDS)) {
    for (const { title, text } of select.iterate(firstId, lastId)) {
      if (READ_OTHERWISE.test(title) || READ_OTHERWISE.test(text)) return true;
    }
  }
  return false;
}

/** Plurals of loanwords lose their s. */
export function isGerman(_db: Db, { lang }: ReadSource): boolean {
  return stemmingLanguage('a', lang) === 'de';
}

/** What is said is found by who says it. */
export function hasSpeakers(db: Db, { no }: ReadSource): boolean {
  const any = 'SELECT EXISTS (SELECT 1 FROM cues WHERE source_no = ? AND speaker IS NOT NULL) AS found';
  return statement<{ found: number }>(db, any).get(no)!.found === 1;
}
