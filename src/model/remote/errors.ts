// What can go wrong with a model behind a server, beside what can with any server (src/http/errors.ts).
import { LecternError } from '../../errors.ts';

export class UnknownModelError extends LecternError {
  constructor(url: string, model: string | undefined, available: readonly string[]) {
    const list = available.length > 0 ? available.join(', ') : 'none';
    super(
      model === undefined
        ? `The server at ${url} has ${available.length} models and none was chosen: ${list}`
        : `The server at ${url} has no model ${model}; it has: ${list}`,
      {
        code: 'SERVER_MODEL',
        remedy: 'Set LECTERN_SERVER_MODEL (serverModel) to one of them, or start the server with the model.',
      },
    );
  }
}

/** The request is longer than the model's context, by our count or by the server's. */
export class ServerContextError extends LecternError {
  /** Prompt and answer in tokens; undefined where only the server counted. */
  readonly needed: number | undefined;
  readonly available: number | undefined;

  constructor(message: string, needed: number | undefined, available: number | undefined) {
    super(message, {
      code: 'CONTEXT_OVERFLOW',
      remedy: 'Use a model with a longer context, or start the server with more of it (vLLM: --max-model-len).',
    });
    this.needed = needed;
    this.available = available;
  }

  static counted(promptTokens: number, maxTokens: number, available: number): ServerContextError {
    const message = `The prompt has up to ${promptTokens} tokens and the answer may take ${maxTokens}; the server takes ${available} in all`;
    return new ServerContextError(message, promptTokens + maxTokens, available);
  }
}

/** The server can't hold an answer to a JSON schema. */
export class SchemaUnsupportedError extends LecternError {
  constructor(url: string, detail: string) {
    super(`The server at ${url} does not take this JSON schema for answers: ${detail}`, {
      code: 'SCHEMA_UNSUPPORTED',
      remedy: 'Use a server with structured output (vLLM 0.12 and newer, SGLang, llama.cpp), or another model.',
    });
  }
}

/** The answer is no event stream, or ends in the middle. `received` is the text that came before. */
export class BrokenStreamError extends LecternError {
  readonly received: string;

  constructor(url: string, problem: string, received: string, cause?: unknown) {
    super(`The answer of the server at ${url} broke off after ${received.length} characters: ${problem}`, {
      code: 'SERVER_STREAM',
      remedy: 'Run the command again; if it happens each time, look into the log of the server or a proxy before it.',
      cause,
    });
    this.received = received;
  }
}
