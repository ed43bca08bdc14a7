// A model on a test server, and requests to it.
import { onTestFinished } from 'vitest';
import type { ChatMessage, TimedFrame } from '../../../src/model/chat/chat-model.ts';
import { OpenAiChatModel, type ServerModelOptions } from '../../../src/model/remote/open-ai-chat-model.ts';
import { ModelServer, type ModelServerOptions } from './model-server.ts';

export const FAST_RETRY = { baseMs: 4, maxMs: 20 };

export async function startServer(options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await ModelServer.start(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** The server forgets the requests by which it was probed. */
export async function openModel(options: ModelServerOptions = {}, own: Partial<ServerModelOptions> = {}) {
  const server = await startServer(options);
  const { apiKey } = options;
  const model = await OpenAiChatModel.open({ url: server.url, apiKey, retry: FAST_RETRY, timeoutMs: 5000, ...own });
  server.chats.length = 0;
  server.arrivals.length = 0;
  return { server, model };
}

/** Grey frames of 448 x 256, each another shade. */
export function framesAt(timesSec: readonly number[], width = 448, height = 256): TimedFrame[] {
  return timesSec.map((timeSec, i) => ({
    timeSec,
    picture: { width, height, data: new Uint8Array(width * height * 3).fill((i * 7) % 256) },
  }));
}

export function ask(frames: readonly TimedFrame[], question = 'What is shown?'): ChatMessage[] {
  return [
    { role: 'system', content: 'You watch lectures.' },
    {
      role: 'user',
      content: [
        { type: 'frames', frames },
        { type: 'text', text: question },
      ],
    },
  ];
}
