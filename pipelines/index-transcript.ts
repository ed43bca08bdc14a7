// The story of a caption file on its own: cues -> events and chapters. The recording itself may be elsewhere.
import path from 'node:path';
import { endOfTrack } from '../src/ingest/captions/cue.ts';
import { readCaptionFile } from '../src/ingest/captions/read-caption-file.ts';
import type { Input } from '../src/ingest/discover.ts';
import type { IndexContext } from './index-context.ts';
import { understand, type ReadSource } from './understand.ts';

export async function indexTranscript(input: Input, contentHash: string, context: IndexContext): Promise<ReadSource> {
  const { track, warnings } = await readCaptionFile(input.path);
  for (const message of warnings) context.report({ type: 'warning', source: input.path, message });
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
  return understand(
    material,
    { title: path.parse(input.path).name, video: null },
    { path: input.path, contentHash },
    context,
  );
}
