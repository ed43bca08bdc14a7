// The speech of a source prepared once for all who read it: utterances, their readable form, how well each stands alone,
// and the counted vocabulary.
import type { CaptionTrack } from '../ingest/captions/cue.ts';
import { prepareProse, type Prose } from './prose.ts';
import { readable } from './readable.ts';
import { sentenceQuality } from './sentence-quality.ts';
import { toUtterances, type Utterance } from './utterances.ts';

export interface Transcript extends Prose {
  /** The units of the prose, in order of time. */
  readonly utterances: readonly Utterance[];
}

/** Events, chapters and the summary of one run read the same track. */
const prepared = new WeakMap<CaptionTrack, Promise<Transcript>>();

export function prepareTranscript(track: CaptionTrack): Promise<Transcript> {
  let transcript = prepared.get(track);
  if (transcript === undefined) prepared.set(track, (transcript = prepare(track)));
  return transcript;
}

async function prepare(track: CaptionTrack): Promise<Transcript> {
  const lang = track.lang ?? 'en';
  const utterances = toUtterances(track.cues, lang);
  const prose = await prepareProse(utterances.length, lang, (i) => {
    const sentence = readable(utterances[i]!.text, lang);
    return { readable: sentence, quality: sentenceQuality(sentence, lang, utterances[i]) };
  });
  return { utterances, ...prose };
}
