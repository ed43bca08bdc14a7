// Which captions a video gets: subtitle streams in the container, then files beside it; of several the one in the language
// asked for. What can't be used is a warning, never the end of the video.
import { BitmapSubtitlesError, extractSubtitles } from '../src/ingest/ffmpeg.ts';
import { findCompanionCaptions, type CompanionCaptions } from '../src/ingest/captions/companions.ts';
import type { CaptionTrack } from '../src/ingest/captions/cue.ts';
import { canonicalLanguage } from '../src/ingest/captions/language-code.ts';
import { parseCaptions, type CaptionReading } from '../src/ingest/captions/parse-captions.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import type { MediaProbe, SubtitleStream } from '../src/ingest/video/probe.ts';
import { LecternError } from '../src/errors.ts';
import { secToMs } from '../src/time.ts';

export interface CaptionChoice {
  readonly captions: CaptionTrack | null;
  readonly warnings: readonly string[];
}

export async function readCaptionsOf(
  path: string,
  probe: MediaProbe,
  lang: string | undefined,
  signal: AbortSignal,
): Promise<CaptionChoice> {
  const warnings: string[] = [];
  const attempts = [
    ...orderStreams(probe.subtitles, lang).map((stream) => () => readStream(path, stream, signal)),
    ...(await findCompanionCaptions(path, lang)).filter(isSpeech).map((file) => async () => {
      const reading = await readCaptionFile(file.path);
      return { ...reading, track: onClockOf(probe, reading.track) };
    }),
  ];
  for (const attempt of attempts) {
    try {
      const reading = await attempt();
      warnings.push(...reading.warnings);
      if (reading.track.cues.length > 0) return { captions: reading.track, warnings };
    } catch (error) {
      if (signal.aborted || !(error instanceof LecternError)) throw error;
      warnings.push(
        `${error.message}; ${error instanceof BitmapSubtitlesError ? 'it is left out' : 'other captions are tried'}.`,
      );
    }
  }
  return { captions: null, warnings };
}

/**
 * A file beside a broadcast counts from the moment at which it begins, as players take it (mpv's rebase-start-time); pictures and
 * streams inside count by the clock of the station. One that would end after the broadcast if moved was written by that clock.
 */
function onClockOf({ container, startSec, endSec }: MediaProbe, track: CaptionTrack): CaptionTrack {
  const [first, last] = [track.cues[0], track.cues.at(-1)];
  if (!container.startsWith('mpeg') || !first || !last) return track;
  const [offsetMs, endMs] = [secToMs(startSec), secToMs(endSec)];
  if (first.startMs >= offsetMs && last.startMs < endMs && last.startMs + offsetMs >= endMs) return track;
  const cues = track.cues.map((cue) => ({ ...cue, startMs: cue.startMs + offsetMs, endMs: cue.endMs + offsetMs }));
  return { ...track, cues };
}

const isSpeech = ({ role }: CompanionCaptions) => role === 'captions' || role === 'auto';

/** The language asked for first, then the default stream; forced ones hold only the foreign passages and come last. */
function orderStreams(streams: readonly SubtitleStream[], lang: string | undefined): SubtitleStream[] {
  const wanted = canonicalLanguage(lang)?.split('-', 1)[0];
  const rank = (stream: SubtitleStream) =>
    (stream.isForced ? 4 : 0) +
    (wanted !== undefined && canonicalLanguage(stream.lang)?.split('-', 1)[0] === wanted ? 0 : 2) +
    (stream.isDefault ? 0 : 1);
  return [...streams].sort((a, b) => rank(a) - rank(b));
}

async function readStream(path: string, stream: SubtitleStream, signal: AbortSignal): Promise<CaptionReading> {
  const { text, format } = await extractSubtitles(path, stream.index, stream.codec, signal);
  return parseCaptions(text, format, { kind: 'stream', streamIndex: stream.index }, canonicalLanguage(stream.lang));
}
