// Prompts as files: a clip as JSON Lines of frames, and OpenAI-style messages whose pictures are file paths or data URLs.
// Paths in a file are looked up beside that file first, then in the current folder.
import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { InputError, UsageError } from '../../errors.ts';
import type { ChatMessage, ChatPart, Picture, TimedFrame } from '../../model/chat/chat-model.ts';

/** Each file is read once; frames that share a file share its picture. */
export class PictureFiles {
  readonly #known = new Map<string, Promise<Picture>>();

  read(file: string): Promise<Picture> {
    const place = path.resolve(file);
    let picture = this.#known.get(place);
    if (!picture) {
      picture = readFile(place).then(
        (encoded) => ({ encoded, name: file }),
        (error: NodeJS.ErrnoException) => {
          throw new InputError(`The picture ${file} can't be read: ${error.code ?? error.message}`, {
            code: 'PICTURE_UNREADABLE',
            remedy: 'Check the path.',
            cause: error,
          });
        },
      );
      this.#known.set(place, picture);
    }
    return picture;
  }
}

/** Thirty years: a time beyond is one in other units, and no prompt has words for it. */
const MAX_SECONDS = 1e9;

const frameSchema = z.object({
  path: z.string('a file path is needed').min(1, 'a file path is needed'),
  time: z
    .number('seconds are needed, as a number')
    .min(-MAX_SECONDS, 'these are no seconds')
    .max(MAX_SECONDS, 'these are no seconds'),
});

/** `--frames F`: one frame a line, `{"path","time"}`, seconds. */
export async function readFrameLines(file: string, pictures: PictureFiles): Promise<TimedFrame[]> {
  const lines = (await readText(file, '--frames')).split('\n');
  const frames: TimedFrame[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const place = `${file}, line ${index + 1}`;
    const { path: picture, time } = parse(frameSchema, line, place, '{"path":"0001.png","time":12.0}');
    frames.push({ timeSec: time, picture: await pictures.read(beside(file, picture)) });
  }
  if (frames.length === 0) throw new UsageError(`${file} holds no frames`, 'Write one {"path","time"} a line.');
  return frames;
}

const partSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.union([z.string(), z.object({ url: z.string() })]) }),
  z.object({ type: z.literal('frames'), frames: z.array(frameSchema).min(1, 'there are no frames') }),
]);
const messageSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.union([z.string(), z.array(partSchema)], 'text or a list of parts is needed'),
});
const messagesSchema = z.preprocess(
  // A whole request holds them under a name.
  (json) => (typeof json === 'object' && json !== null && 'messages' in json ? json.messages : json),
  z.array(messageSchema, 'a list of messages is needed').min(1, 'there are no messages'),
);

/** `--messages F`. */
export async function readMessages(file: string, pictures: PictureFiles): Promise<ChatMessage[]> {
  const text = await readText(file, '--messages');
  const messages = parse(messagesSchema, text, file, '[{"role":"user","content":"Hello"}]');
  return Promise.all(
    messages.map(async ({ role, content }) => ({
      role,
      content:
        typeof content === 'string' ? content : await Promise.all(content.map((part) => toPart(part, file, pictures))),
    })),
  );
}

async function toPart(part: z.output<typeof partSchema>, file: string, pictures: PictureFiles): Promise<ChatPart> {
  if (part.type === 'text') return part;
  if (part.type === 'frames') {
    const read = async (frame: z.output<typeof frameSchema>) => ({
      timeSec: frame.time,
      picture: await pictures.read(beside(file, frame.path)),
    });
    return { type: 'frames', frames: await Promise.all(part.frames.map(read)) };
  }
  const url = typeof part.image_url === 'string' ? part.image_url : part.image_url.url;
  return { type: 'image', picture: await readUrl(url, file, pictures) };
}

async function readUrl(url: string, file: string, pictures: PictureFiles): Promise<Picture> {
  const data = /^data:[^,]*;base64,/i.exec(url);
  if (data) return { encoded: Buffer.from(url.slice(data[0].length), 'base64') };
  if (url.startsWith('file:')) return pictures.read(fileOf(url, file));
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(url) || url.startsWith('data:')) {
    throw new UsageError(
      `A picture of ${file} is at ${url.slice(0, 60)}, and nothing is fetched from the network`,
      'Give a file path, or a data URL in base64 (data:image/png;base64,…).',
    );
  }
  return pictures.read(beside(file, url));
}

function fileOf(url: string, file: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new UsageError(
      `A picture of ${file} is at ${url}, which is no file of this machine`,
      'Write file:///path/picture.png, or the path alone.',
      error,
    );
  }
}

function beside(file: string, name: string): string {
  const place = path.resolve(path.dirname(file), name);
  return existsSync(place) ? place : path.resolve(name);
}

async function readText(file: string, option: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${file} can't be read: ${code ?? message}`, `Check the path given to ${option}.`, error);
  }
}

function parse<T>(schema: z.ZodType<T>, text: string, place: string, example: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${place} is not JSON: ${(error as Error).message}`, `Write it as ${example}`, error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: at, message } = innermost(parsed.error.issues[0]!);
  const problem = at.length > 0 ? `${at.join('.')}: ${message}` : message;
  throw new UsageError(`${place}: ${problem}`, `Write it as ${example}`, parsed.error);
}

/** Of several shapes that all don't fit, the one that fits furthest. */
function innermost(issue: z.core.$ZodIssue): { readonly path: readonly PropertyKey[]; readonly message: string } {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap((issues) => issues.slice(0, 1).map(innermost));
  const deepest = inner.reduce((a, b) => (b.path.length > a.path.length ? b : a), {
    path: [] as PropertyKey[],
    message: issue.message,
  });
  return { path: [...issue.path, ...deepest.path], message: deepest.message };
}

/** A JSON file as it is, for options such as --schema. */
export async function readJsonOption(file: string, option: string): Promise<Record<string, unknown>> {
  return parse(z.record(z.string(), z.unknown()), await readText(file, option), file, '{"type":"object"}');
}
