// What `lectern doctor` finds out about the recogniser of speech: whether one is set up, and whether it is there.
import { findProgram, openTranscriber } from '../src/ingest/speech/open-transcriber.ts';
import { reachServer } from '../src/ingest/speech/server-transcriber.ts';
import type { TranscriptionSettings } from '../src/ingest/speech/transcriber.ts';
import { absent, ok, type Finding } from './finding.ts';

/** Rejects with what is wrong with the one that is configured. */
export async function checkTranscription(settings: TranscriptionSettings): Promise<Finding> {
  const transcriber = await openTranscriber(settings);
  if (transcriber) {
    if (settings.server) await reachServer(settings.server);
    const where = settings.server ? `server at ${settings.server.url}` : settings.whisper!.program;
    return ok(`${transcriber.name} (${where})`);
  }
  const program = await findProgram('whisper-cli');
  if (program !== undefined) {
    return absent(
      `${program} is there, and no model for it is named; speech comes from captions`,
      'Set LECTERN_WHISPER_MODEL (whisperModel) to a model file in ggml form, then index again.',
    );
  }
  return absent(
    'no speech recognition; speech comes from captions beside or inside a video',
    'Set LECTERN_TRANSCRIPTION_URL to a server, or LECTERN_WHISPER_MODEL to a model file for whisper-cli ' +
      '(transcriptionUrl, whisperModel in the settings file), then index again.',
  );
}
