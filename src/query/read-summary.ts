// A model's summary as text to overview and key points, or to chapters; fences and words around the JSON allowed.
import { z } from 'zod';

/** Texts have no most length, as in EVENT_SCHEMA: counting characters makes a grammar slow to compile. */
export const SUMMARY_SCHEMA = {
  type: 'object',
  properties: {
    overview: { type: 'string', minLength: 1 },
    keyPoints: {
      type: 'array',
      maxItems: 12,
      items: {
        type: 'object',
        properties: { text: { type: 'string', minLength: 1 }, event: { type: 'integer' } },
        required: ['text', 'event'],
        additionalProperties: false,
      },
    },
  },
  required: ['overview', 'keyPoints'],
  additionalProperties: false,
} as const;

export const CHAPTERS_SCHEMA = {
  type: 'object',
  properties: {
    chapters: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          chapter: { type: 'integer' },
          title: { type: 'string', minLength: 1 },
          summary: { type: 'string' },
        },
        required: ['chapter', 'title', 'summary'],
        additionalProperties: false,
      },
    },
  },
  required: ['chapters'],
  additionalProperties: false,
} as const;

const text = z.string().transform((value) => value.replace(/\s+/g, ' ').trim());
/** Of the items those that are what they should be. */
const listOf = <T>(item: z.ZodType<T>) =>
  z.array(z.unknown()).transform((items) =>
    items.flatMap((one) => {
      const parsed = item.safeParse(one);
      return parsed.success ? [parsed.data] : [];
    }),
  );
const written = z.object({
  overview: text.refine((value) => value !== ''),
  keyPoints: listOf(z.object({ text: text.refine((value) => value !== ''), event: z.coerce.number().int() })).catch([]),
});
const chapters = z.object({
  chapters: listOf(
    z.object({
      chapter: z.coerce.number().int(),
      title: text.refine((value) => value !== ''),
      summary: text.catch(''),
    }),
  ),
});

export type WrittenSummary = z.output<typeof written>;
export type WrittenChapter = z.output<typeof chapters>['chapters'][number];

/** undefined for what holds no overview. */
export function readSummary(answer: string): WrittenSummary | undefined {
  return written.safeParse(jsonOf(answer)).data;
}

/** undefined for what holds no list of chapters. */
export function readChapters(answer: string): WrittenChapter[] | undefined {
  return chapters.safeParse(jsonOf(answer)).data?.chapters;
}

function jsonOf(answer: string): unknown {
  const body = answer.replace(/^[\s\S]*<\/think>/, '');
  try {
    return JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1));
  } catch {
    return undefined;
  }
}
