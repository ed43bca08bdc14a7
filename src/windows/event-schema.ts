// The schema of a model's answer to a window: a list of events, each with the same fields.

/**
 * Every field is always there; an empty text means nothing to say. No text may have a most length: a grammar that counts characters
 * takes a minute to compile for a vocabulary of 150 000 tokens, one that doesn't half a second. Reading cuts what is too long.
 */
export function eventListSchema(properties: Readonly<Record<string, object>>) {
  const items = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return {
    type: 'object',
    properties: { events: { type: 'array', items } },
    required: ['events'],
    additionalProperties: false,
  };
}
