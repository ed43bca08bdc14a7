// The caption track of a source: where it came from, and its cues in order of start.
import type { CaptionOrigin, CaptionTrack } from '../ingest/captions/cue.ts';
import { isNumber, isString, oneOf, shape, union } from '../shape.ts';
import { parseColumn } from './columns.ts';
import type { TimeRange } from './library.ts';
import { statement, type Db } from './statement.ts';

interface CueRow {
  readonly start_ms: number;
  readonly end_ms: number;
  readonly text: string;
  readonly speaker: string | null;
  readonly word_steps: string | null;
}

interface TrackRow {
  readonly origin: string;
  readonly lang: string | null;
  readonly longest_cue_ms: number;
}

type OriginOf<Kind extends CaptionOrigin['kind']> = Extract<CaptionOrigin, { kind: Kind }>;

const isOrigin = union(
  union(
    shape<OriginOf<'file'>>({ kind: oneOf('file'), path: isString }),
    shape<OriginOf<'stream'>>({ kind: oneOf('stream'), streamIndex: isNumber }),
  ),
  shape<OriginOf<'transcription'>>({ kind: oneOf('transcription'), model: isString }),
);

export function insertCaptions(db: Db, sourceNo: number, { origin, lang, cues }: CaptionTrack): void {
  const longestMs = cues.reduce((longest, { startMs, endMs }) => Math.max(longest, endMs - startMs), 0);
  statement(db, 'INSERT INTO captions VALUES (?, ?, ?, ?)').run(
    sourceNo,
    JSON.stringify(origin),
    lang ?? null,
    longestMs,
  );
  const insert = statement(db, 'INSERT INTO cues VALUES (?, ?, ?, ?, ?, ?, ?)');
  cues.forEach(({ startMs, endMs, text, speaker = null, wordStarts }, ordinal) =>
    insert.run(sourceNo, ordinal, startMs, endMs, text, speaker, wordStarts === undefined ? null : toSteps(wordStarts)),
  );
}

/** The track with all its cues, or with those that overlap [fromMs, toMs); undefined where the source has no captions. */
export function selectCaptions(db: Db, sourceNo: number, range?: TimeRange): CaptionTrack | undefined {
  const track = statement<TrackRow>(db, 'SELECT origin, lang, longest_cue_ms FROM captions WHERE source_no = ?').get(
    sourceNo,
  );
  if (!track) return undefined;
  const cues = selectCues(db, sourceNo, track.longest_cue_ms, range).map((row) => ({
    startMs: row.start_ms,
    endMs: row.end_ms,
    text: row.text,
    ...(row.speaker !== null && { speaker: row.speaker }),
    ...(row.word_steps !== null && { wordStarts: fromSteps(row.word_steps) }),
  }));
  return { origin: parseColumn(track.origin, isOrigin, 'captions.origin'), lang: track.lang ?? undefined, cues };
}

function toSteps(starts: readonly number[]): string {
  return starts.map((ms, i) => ms - (starts[i - 1] ?? 0)).join(' ');
}

function fromSteps(steps: string): number[] {
  let ms = 0;
  return steps.split(' ').map((step) => (ms += Number(step)));
}

function selectCues(db: Db, sourceNo: number, longestMs: number, range?: TimeRange): CueRow[] {
  const { fromMs = -Infinity, toMs = Infinity } = range ?? {};
  if (fromMs === -Infinity && toMs === Infinity)
    return statement<CueRow>(db, 'SELECT * FROM cues WHERE source_no = ? ORDER BY ordinal').all(sourceNo);
  return statement<CueRow>(
    db,
    'SELECT * FROM cues WHERE source_no = ? AND start_ms > ? AND start_ms < ? AND end_ms > ? ORDER BY ordinal',
  ).all(sourceNo, fromMs - longestMs, toMs, fromMs);
}
