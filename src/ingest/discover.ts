// Paths, folders and globs from a command line to the inputs they mean, in a stable order. Kinds are told by content where
// the first bytes say so (a PDF called talk.mp4 is a PDF) and by the file's name otherwise.
import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../errors.ts';
import { parseCompanionName } from './captions/companions.ts';

export type InputKind = 'media' | 'document' | 'transcript';

export interface Input {
  /** Absolute. */
  readonly path: string;
  readonly kind: InputKind;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

/** A path that was asked for and can't be taken, with the reason; the others are not touched by it. */
export interface RefusedInput {
  readonly path: string;
  readonly error: InputError;
}

const MEDIA = new Set(
  (
    'mp4 m4v mov mkv webm avi wmv flv mpg mpeg m2v ts mts m2ts vob ogv 3gp 3g2 mxf asf rm rmvb f4v y4m ' +
    'mp3 m4a m4b aac flac wav ogg oga opus wma aiff aif mka amr ac3'
  ).split(' '),
);
const DOCUMENTS = new Set('pdf png jpg jpeg webp tif tiff gif bmp avif heic'.split(' '));
const TRANSCRIPTS = new Set('vtt srt ass ssa json json3 sbv'.split(' '));

const extensionOf = (file: string) => path.extname(file).slice(1).toLowerCase();

function kindOfName(file: string): InputKind | undefined {
  const extension = extensionOf(file);
  if (MEDIA.has(extension)) return 'media';
  if (DOCUMENTS.has(extension)) return 'document';
  if (TRANSCRIPTS.has(extension)) return 'transcript';
  return undefined;
}

async function readHead(file: string): Promise<Buffer> {
  await using handle = await open(file, 'r');
  const head = Buffer.alloc(1024);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  return head.subarray(0, bytesRead);
}

/** What the first bytes say: PDF 32000-1 section 7.5.2 (header within the first 1024 bytes), PNG, JPEG, TIFF, WebVTT. */
function kindOfContent(head: Buffer): InputKind | undefined {
  const text = head.toString('latin1');
  if (text.includes('%PDF-')) return 'document';
  if (text.startsWith('\x89PNG\r\n') || text.startsWith('\xff\xd8\xff') || /^(II\*\0|MM\0\*)/.test(text))
    return 'document';
  if (/^(\xef\xbb\xbf)?WEBVTT/.test(text)) return 'transcript';
  // Of the files that begin like an MP4, the brand says which are pictures (ISO/IEC 23008-12 section 10, AVIF section 6).
  if (/^[^]{4}ftyp(?:avi[fs]|hei[cxms]|mif1)/.test(text)) return 'document';
  if (text.slice(4, 8) === 'ftyp' || text.startsWith('\x1aE\xdf\xa3')) return 'media';
  return undefined;
}

async function toInput(file: string): Promise<Input> {
  const found = await stat(file);
  const { size, mtimeMs } = found;
  if (!found.isFile()) {
    throw new InputError(`${file} is a pipe, a socket or a device, not a file`, {
      code: 'NOT_A_FILE',
      remedy: 'Save what comes out of it as a file, and index that.',
    });
  }
  if (size === 0) {
    throw new InputError(`${file} is empty (0 bytes)`, {
      code: 'EMPTY_FILE',
      remedy: 'Copy or download the file again.',
    });
  }
  const kind = kindOfContent(await readHead(file)) ?? kindOfName(file);
  if (kind === undefined) {
    const extension = path.extname(file) || 'no extension';
    throw new InputError(`${file} is of a kind that Lectern does not read (${extension})`, {
      code: 'UNKNOWN_KIND',
      remedy: 'Give a video or audio file, a PDF, an image, or a caption file (.vtt, .srt, .ass, Whisper .json).',
    });
  }
  return { path: file, kind, size, mtimeMs };
}

/** Caption files of a folder that stand beside a media file of the same stem belong to it and are no input of their own. */
function withoutCompanions(files: readonly string[]): string[] {
  const mediaByFolder = Map.groupBy(
    files.filter((file) => kindOfName(file) === 'media'),
    (file) => path.dirname(file),
  );
  return files.filter((file) => {
    if (kindOfName(file) !== 'transcript') return true;
    const media = mediaByFolder.get(path.dirname(file)) ?? [];
    return !media.some((one) => parseCompanionName(path.basename(file), path.parse(one).name) !== undefined);
  });
}

const byNaturalOrder = new Intl.Collator('en', { numeric: true }).compare;

/** Loaded where there is a pattern: files and folders are found without. */
async function loadGlob() {
  return (await import('fast-glob')).default;
}

/** What `lectern index` reads of a folder. */
async function readableBelow(folder: string, { ignore, refuse }: Expansion): Promise<string[]> {
  const [{ walkFolder }, { isCaptionFile }] = await Promise.all([
    import('./walk-folder.ts'),
    import('./captions/read-caption-file.ts'),
  ]);
  const files = await walkFolder(folder, {
    isWanted: (file) => kindOfName(file) !== undefined,
    ignore: ignore.map((item) => path.resolve(item)),
    onUnreadable: (unread, error) => refuse(unread, unopened(unread, error.code)),
  });
  // A .json in a folder is a transcript only if it says so; a folder of settings files is not a library of lectures.
  return withoutCompanions(files.filter((file) => extensionOf(file) !== 'json' || isCaptionFile(file)));
}

function unopened(file: string, code = 'unreadable'): InputError {
  return new InputError(`${file} could not be opened (${code})`, {
    code: 'UNREADABLE',
    remedy: 'Check its permissions.',
  });
}

interface Expansion {
  readonly ignore: readonly string[];
  readonly refuse: (path: string, error: unknown) => void;
}

const isAddress = (given: string) => /^[a-z][a-z0-9+.-]+:\/\//i.test(given);

async function expand(given: string, context: Expansion): Promise<string[]> {
  if (given === '') {
    throw new InputError('An empty path was given', {
      code: 'NOT_FOUND',
      remedy: 'Give a file, a folder or a glob; the current folder is a dot (lectern index .).',
    });
  }
  const absolute = path.resolve(given);
  const found = await stat(absolute).catch((error: NodeJS.ErrnoException) => error.code ?? 'unreadable');
  if (typeof found === 'object') return found.isDirectory() ? readableBelow(absolute, context) : [absolute];
  if (isAddress(given)) {
    throw new InputError(`${given} is an address, and files are taken by their path`, {
      code: 'NOT_A_FILE',
      remedy: /^file:/i.test(given)
        ? 'Give the path behind file://.'
        : 'Download it first, and give the path of the file.',
    });
  }
  const fastGlob = await loadGlob();
  if (fastGlob.isDynamicPattern(given)) {
    const matches = await fastGlob(given.replaceAll('\\', '/'), {
      absolute: true,
      onlyFiles: false,
      suppressErrors: true,
    });
    const nested = await Promise.all(matches.map((match) => expand(match, context)));
    if (nested.length > 0) return withoutCompanions(nested.flat());
  }
  if (found !== 'ENOENT') throw unopened(given, found);
  throw new InputError(`${given} does not exist`, {
    code: 'NOT_FOUND',
    remedy: 'Check the spelling of the path; globs need at least one match.',
  });
}

/** The file or folder to keep an eye on for what `given` means: of a glob, the folder before its first pattern. */
export async function watchedRoot(given: string): Promise<string> {
  const exists = await stat(given).then(
    () => true,
    () => false,
  );
  if (exists || !(await loadGlob()).isDynamicPattern(given)) return path.resolve(given);
  const beforePattern = /^[^*?{[(!@+]*/.exec(given.replaceAll('\\', '/'))![0];
  return path.resolve(beforePattern.slice(0, beforePattern.lastIndexOf('/') + 1));
}

/**
 * The inputs that the given paths mean: each file once, in natural order (`week2` before `week10`) within each path.
 * `ignore` names folders never entered, the library itself above all.
 */
export async function discoverInputs(
  paths: readonly string[],
  ignore: readonly string[] = [],
): Promise<{ inputs: Input[]; refused: RefusedInput[] }> {
  const inputs = new Map<string, Input>();
  const refused: RefusedInput[] = [];
  const refuse = (file: string, error: unknown) => {
    const known =
      error instanceof InputError
        ? error
        : new InputError(`${file} could not be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`, {
            code: 'UNREADABLE',
            remedy: file.includes('\ufffd')
              ? 'Rename the file: its name is not UTF-8, so it cannot be opened by it.'
              : 'Check that the file is there and that you may read it.',
            cause: error,
          });
    // An empty path resolves to the current folder, which nobody asked for.
    refused.push({ path: file === '' || isAddress(file) ? file : path.resolve(file), error: known });
  };
  for (const given of paths) {
    try {
      const files = await expand(given, { ignore, refuse });
      for (const file of files.sort(byNaturalOrder)) {
        if (inputs.has(file)) continue;
        try {
          inputs.set(file, await toInput(file));
        } catch (error) {
          refuse(file, error);
        }
      }
    } catch (error) {
      refuse(given, error);
    }
  }
  return { inputs: [...inputs.values()], refused };
}
