// A caption file on disk to a track, or one sentence why not.
import { closeSync, openSync, readSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { CaptionFileError } from './caption-error.ts';
import { parseCaptionName } from './companions.ts';
import { decodeText } from './decode-text.ts';
import { parseCaptions, type CaptionFormat, type CaptionReading } from './parse-captions.ts';

const FORMATS: Readonly<Record<string, CaptionFormat>> = {
  '.vtt': 'vtt',
  '.webvtt': 'vtt',
  '.srt': 'srt',
  '.sbv': 'srt',
  '.ass': 'ass',
  '.ssa': 'ass',
  '.json': 'json',
  '.json3': 'json',
};
/** A day of speech is about 2 MB of captions, with word times about 20 MB. */
const MAX_BYTES = 256 << 20;
/** First key of the JSON that Whisper programs and YouTube write; `text` may be followed by the whole transcript. */
const TRANSCRIPT_START =
  /^\s*(?:\{\s*"(?:text|segments|task|language|systeminfo|model|result|transcription|chunks|words|wireMagic|events)"|\[\s*\{\s*"(?:start|id|text)")/;

/** Whether a path names a caption file: by its extension, and for `.json` by how the file begins. Does not parse it. */
export function isCaptionFile(path: string): boolean {
  const format = FORMATS[extname(path).toLowerCase()];
  return format !== undefined && (extname(path).toLowerCase() !== '.json' || beginsLikeTranscript(path));
}

/**
 * Reads one caption file.
 * @throws CaptionFileError for a file that is missing, too large, no text, no captions, or without a single cue.
 */
export async function readCaptionFile(path: string): Promise<CaptionReading> {
  const name = basename(path);
  const bytes = await readBytes(path);
  const { lang, role } = parseCaptionName(path);
  const text = decodeText(bytes, lang);
  if (text === undefined || text.trim() === '') {
    const what = bytes.length === 0 || text !== undefined ? 'the caption file is empty' : 'this is not a text file';
    throw new CaptionFileError(path, what, 'Give a WebVTT, SubRip, ASS or Whisper JSON file.');
  }
  const format = FORMATS[extname(path).toLowerCase()] ?? 'srt';
  const reading = parseCaptions(text, format, { kind: 'file', path }, lang);
  if (reading.track.cues.length === 0) {
    const remedy = 'Check that the file has timed captions (WebVTT, SubRip, ASS or Whisper JSON).';
    throw new CaptionFileError(path, `no captions were found in ${name}`, remedy);
  }
  const named = role === 'descriptions' || role === 'chapters' || role === 'metadata' ? role : undefined;
  return named === undefined ? reading : { ...reading, kind: named };
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return await readFile(path);
  } catch (error) {
    throw new CaptionFileError(path, 'the file could not be read', 'Check the path and its permissions.', error);
  }
  throw new CaptionFileError(
    path,
    `more than ${MAX_BYTES >> 20} MB is no caption file`,
    'Give the caption file itself.',
  );
}

function beginsLikeTranscript(path: string): boolean {
  try {
    const bytes = Buffer.alloc(4096);
    const file = openSync(path, 'r');
    try {
      const start = bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0)).replace(/^\ufeff/, '');
      return TRANSCRIPT_START.test(start);
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
