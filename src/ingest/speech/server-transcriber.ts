// Speech to cues through an OpenAI-compatible server: POST /audio/transcriptions with `verbose_json`, segments with times
// (or words, which some servers give instead). OpenAI, vLLM, faster-whisper-server, LocalAI and others speak it.
import { openAsBlob } from 'node:fs';
import { ServerConnection } from '../../http/connection.ts';
import { ServerRefusedError } from '../../http/errors.ts';
import { parseWhisperJson } from '../captions/whisper-json.ts';
import { TranscriptionError, type Transcriber, type TranscriptionServer } from './transcriber.ts';

/** One is worked on while the next arrives; a server on a CPU would share its cores among more. */
const PIECES_AT_ONCE = 2;
/**
 * An answer comes as a whole, and a connection that stays silent for five minutes is given up: a server that writes down speech
 * no faster than it is spoken, two pieces at a time, still answers in time.
 */
const MAX_PIECE_MS = 140_000;

/** Rejects where nobody answers or the key is wrong. A server without a list of models is one all the same. */
export async function reachServer(server: TranscriptionServer): Promise<void> {
  const connection = new ServerConnection(server.url, server);
  const response = await connection.request(`${connection.url}/models`, { attempts: 1 });
  const detail = await connection.readDetail(response);
  if (response.status === 401 || response.status === 403) {
    throw new ServerRefusedError(connection.url, response.status, detail);
  }
}

export function serverTranscriber(server: TranscriptionServer): Transcriber {
  const connection = new ServerConnection(server.url, server);
  return {
    name: server.model,
    concurrency: PIECES_AT_ONCE,
    maxPieceMs: MAX_PIECE_MS,
    async transcribe({ wavPath, lang, signal }) {
      const body = new FormData();
      body.set('model', server.model);
      body.set('response_format', 'verbose_json');
      body.append('timestamp_granularities[]', 'segment');
      body.set('temperature', '0');
      // ISO 639-1, as Whisper knows it: no region.
      if (lang !== undefined) body.set('language', lang.split('-', 1)[0]!.toLowerCase());
      // At the end: some servers stop reading fields at the file.
      body.set('file', await openAsBlob(wavPath, { type: 'audio/wav' }), 'speech.wav');
      const response = await connection.request(`${connection.url}/audio/transcriptions`, {
        method: 'POST',
        body,
        signal,
      });
      if (!response.ok) {
        throw new ServerRefusedError(connection.url, response.status, await connection.readDetail(response));
      }
      const answer: unknown = await response.json().catch(() => undefined);
      const captions = parseWhisperJson(answer);
      if (captions !== undefined) return captions;
      signal?.throwIfAborted();
      const keys = typeof answer === 'object' && answer !== null ? Object.keys(answer).join(', ') : typeof answer;
      throw new TranscriptionError(
        `${server.model} at ${connection.url}`,
        `its answer has no times (it has: ${keys})`,
        'Use a model that takes response_format verbose_json, such as whisper-1 or whisper-large-v3.',
      );
    },
  };
}
