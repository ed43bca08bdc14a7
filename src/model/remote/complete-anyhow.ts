// A request that asks for an answer to a schema, of a model that may hold none to it.
import { complete, type ChatModel, type ChatRequest } from '../chat/chat-model.ts';
import { SchemaUnsupportedError } from './errors.ts';

/** A server that takes no schema is asked without: callers check answers in any case. */
export async function completeAnyhow(model: ChatModel, request: ChatRequest) {
  try {
    return await complete(model, request);
  } catch (error) {
    if (!(error instanceof SchemaUnsupportedError)) throw error;
    return complete(model, { ...request, schema: undefined });
  }
}
