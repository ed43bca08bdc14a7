// The story of a caption file on its own: cues -> events and chapters. The recording itself may be elsewhere.
import path from 'node:path';
import { endOfTrack } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import type { IndexContext } from './index-context.ts';
import { understand, type ReadSource } from './understand.ts';

export async function indexTranscript(context: IndexContext): Promise<ReadSource> {
  const { path: file } = context.input;
  const { track, warnings } = await readCaptionFile(file);
  for (const message of warnings) context.warn(message);
  const material = {
    kind: 'transcript' as const,
    durationMs: endOfTrack(track),
    captions: track,
    slides: [],
    slideTexts: [],
    pages: [],
    document: null,
    mediaChapters: [],
  };
  return understand(material, { title: path.parse(file).name, video: null }, context);
}
