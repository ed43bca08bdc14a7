// A model's summary as text to overview and key points, fences and words around the JSON allowed.
import { z } from 'zod';

export const SUMMARY_SCHEMA = {
  type: 'object',
  properties: {
    overview: { type: 'string', minLength: 1, maxLength: 6000 },
    keyPoints: {
      type: 'array',
      maxItems: 12,
      items: {
        type: 'object',
        properties: { text: { type: 'string', minLength: 1, maxLength: 400 }, event: { type: 'integer' } },
        required: ['text', 'event'],
        additionalProperties: false,
      },
    },
  },
  required: ['overview', 'keyPoints'],
  additionalProperties: false,
} as const;

const text = z.string().transform((value) => value.replace(/\s+/g, ' ').trim());
const written = z.object({
  overview: text.refine((value) => value !== ''),
  keyPoints: z
    .array(z.object({ text, event: z.coerce.number().int() }).or(z.unknown().transform(() => undefined)))
    .catch([])
    .transform((points) => points.filter((point) => point !== undefined && point.text !== '')),
});

export interface WrittenSummary {
  readonly overview: string;
  readonly keyPoints: readonly { readonly text: string; readonly event: number }[];
}

/** undefined for what holds no overview. */
export function readSummary(answer: string): WrittenSummary | undefined {
  const body = answer.replace(/^[\s\S]*<\/think>/, '');
  try {
    const parsed = written.safeParse(JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)));
    return parsed.success ? (parsed.data as WrittenSummary) : undefined;
  } catch {
    return undefined;
  }
}
