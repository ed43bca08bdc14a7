// A server for tests that answers /v1/audio/transcriptions as OpenAI's does: it reads the form, checks the sound, and writes down
// the tones it hears.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hearWav, nameOf, type HeardWav } from './tones.ts';

export class TranscriptionServer implements AsyncDisposable {
  /** Sound files as they came. */
  readonly heard: HeardWav[] = [];
  readonly forms: Record<string, string>[] = [];
  /** Statuses for the next requests, in place of an answer. */
  readonly refusals: number[] = [];
  /** The last segments of each answer, times from the start of its piece: what recognisers dream up in silence. */
  dreams: readonly { start: number; end: number; text: string }[] = [];
  answersIn: 'segments' | 'words' | 'text' = 'segments';
  apiKey: string | undefined;
  readonly #http: Server;

  private constructor() {
    this.#http = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        json(response, 400, { error: { message: String(error) } });
      });
    });
  }

  static async start(): Promise<TranscriptionServer> {
    const server = new TranscriptionServer();
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http.closeAllConnections();
    this.#http.close();
    await once(this.#http, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.apiKey !== undefined && request.headers.authorization !== `Bearer ${this.apiKey}`) {
      return json(response, 401, { error: { message: 'Incorrect API key provided' } });
    }
    if (request.url !== '/v1/audio/transcriptions') return json(response, 404, { detail: 'Not Found' });
    const refusal = this.refusals.shift();
    if (refusal !== undefined) return json(response, refusal, { error: { message: 'not now' } });
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(Buffer.concat(chunks), { headers }).formData();
    const file = form.get('file');
    if (!(file instanceof File) || !/\.wav$/.test(file.name)) throw new Error('no file with a name');
    if (form.get('response_format') !== 'verbose_json') throw new Error('only verbose_json has times');
    const heard = hearWav(Buffer.from(await file.arrayBuffer()));
    this.heard.push(heard);
    this.forms.push(
      Object.fromEntries([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    );
    const found = heard.tones.map((tone) => ({
      start: tone.startMs / 1000,
      end: tone.endMs / 1000,
      text: ` ${nameOf(tone)}.`,
    }));
    const all = [...found, ...this.dreams];
    const text = all.map((one) => one.text).join('');
    const base = { task: 'transcribe', language: 'english', duration: heard.durationMs / 1000, text };
    if (this.answersIn === 'text') return json(response, 200, { text });
    if (this.answersIn === 'words') {
      return json(response, 200, { ...base, words: all.map(({ text: word, ...times }) => ({ word, ...times })) });
    }
    json(response, 200, {
      ...base,
      segments: all.map((one, id) => ({ id, ...one, avg_logprob: -0.2, no_speech_prob: 0 })),
    });
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}
