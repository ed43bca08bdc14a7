// Captions for a video that has none, by the recogniser that is configured; without one, that is said. A recogniser that fails
// costs the source its speech, not its place in the library: it is tried again at the next run.
import { transcriptionSettings } from '../src/config.ts';
import { LecternError } from '../src/errors.ts';
import type { CaptionTrack } from '../src/ingest/captions/cue.ts';
import { transcribeSpeech } from '../src/ingest/speech/transcribe.ts';
import { SPEECH_VERSION, transcriberName } from '../src/ingest/speech/transcriber.ts';
import type { MediaProbe } from '../src/ingest/video/probe.ts';
import type { IndexContext } from './index-context.ts';
import { runStage, stageCache } from './stage.ts';

export interface Transcript {
  readonly captions: CaptionTrack | null;
  /** The recogniser failed: another run may do better. */
  readonly hasFailed: boolean;
}

export async function transcribeVideo(
  probe: MediaProbe,
  { input, contentHash, library, config, signal, shared, onProgress, warn }: IndexContext,
): Promise<Transcript> {
  const recogniser = transcriberName(transcriptionSettings(config));
  if (probe.audio.length === 0) return { captions: null, hasFailed: false };
  if (recogniser === undefined) {
    warn(
      'It has sound but no captions, and no speech recognition is set up: what is said in it is not found. ' +
        'Put a caption file of the same name beside it, or see lectern doctor.',
    );
    return { captions: null, hasFailed: false };
  }
  const stage = { name: 'speech', version: SPEECH_VERSION, parameters: { recogniser, lang: config.lang } };
  try {
    const { value: track } = await runStage(library, contentHash, stage, () =>
      shared.speech.add(async () => {
        const transcriber = (await shared.transcriber())!;
        return transcribeSpeech(input.path, probe, transcriber, {
          lang: config.lang,
          signal,
          cache: stageCache(library, contentHash, { ...stage, name: 'speech-piece' }),
          onProgress: (done, total) => onProgress('speech', done, total),
        });
      }),
    );
    return { captions: track !== undefined && track.cues.length > 0 ? track : null, hasFailed: false };
  } catch (error) {
    if (signal.aborted || !(error instanceof LecternError)) throw error;
    warn(`${error.message}; the speech is left out, and tried again at the next run.`);
    return { captions: null, hasFailed: true };
  }
}
