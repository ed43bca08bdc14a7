// Which windows of a source a model was shown, kept beside its answers: a question about one of them begins with what was read. Good
// for as long as the source's words are the ones that were shown.
import { serialize } from 'node:v8';
import type { CaptionTrack } from '../src/ingest/captions/cue.ts';
import type { Page } from '../src/ingest/document/page.ts';
import type { SlideState, SlideText } from '../src/ingest/video/slide.ts';
import { canonicalJson, sha256 } from '../src/hash.ts';
import type { ReadWindow, WindowPlace } from '../src/query/window-grounds.ts';
import type { Library, SourceRecord } from '../src/store/library.ts';
import type { WindowBeginning } from '../src/windows/window-beginning.ts';
import type { DescribeContext } from './engine.ts';
import type { OpenedModel } from './open-model.ts';
import { readOutput, stageKey } from './stage.ts';

/** Raised when what is kept here has another form, or other requests come of it. */
const VERSION = 1;

interface KeptWindow {
  readonly place: WindowPlace;
  /** Under which its answer is kept. */
  readonly key: string;
}

/** Everything of a source that a model may have been shown. */
interface ShownWords {
  readonly captions: CaptionTrack | null;
  readonly slides: readonly SlideState[];
  readonly slideTexts: readonly SlideText[];
  readonly pages: readonly Page[];
}

/** Where it is kept, and under which content. */
type Keeping = Pick<DescribeContext, 'library' | 'contentHash'>;

/** A window's beginning, when it was shown. */
export function rememberWindow(
  windowKey: string,
  beginning: WindowBeginning,
  { library, contentHash }: Keeping,
): Promise<void> {
  return library.putArtifact(beginningKey(contentHash, windowKey), contentHash, 'window', serialize(beginning));
}

/** All windows of a source in place of those of before. */
export async function rememberWindows(
  windows: readonly KeptWindow[],
  words: ShownWords,
  model: OpenedModel,
  { library, contentHash }: Keeping,
): Promise<void> {
  const kept = serialize({ words: hashOf(words), windows });
  await library.putArtifact(listKey(contentHash, model), contentHash, 'window', kept);
}

/** None where the source has changed since. */
export async function keptWindows(library: Library, source: SourceRecord, model: OpenedModel): Promise<ReadWindow[]> {
  const { id, contentHash } = source;
  const kept = readOutput<{ words: string; windows: KeptWindow[] }>(
    await library.getArtifact(listKey(contentHash, model)),
  );
  if (!kept) return [];
  const { words, windows } = kept.value;
  const [captions, { states: slides, texts: slideTexts }, pages] = await Promise.all([
    library.readCaptions(id),
    library.readSlides(id),
    library.readPages(id),
  ]);
  if (words !== hashOf({ captions: captions ?? null, slides, slideTexts, pages })) return [];
  return windows.map(({ place, key }) => ({
    place,
    async beginning() {
      return readOutput<WindowBeginning>(await library.getArtifact(beginningKey(contentHash, key)))?.value;
    },
  }));
}

function hashOf({ captions, slides, slideTexts, pages }: ShownWords): string {
  return sha256(
    canonicalJson({
      cues: (captions?.cues ?? []).map(({ startMs, endMs, text }) => [startMs, endMs, text]),
      slides: slides.map(({ slideIndex, stateIndex, stillMs, spans }) => [slideIndex, stateIndex, stillMs, spans]),
      texts: slideTexts.flatMap(({ text }) => (text === '' ? [] : text)),
      pages: pages.map(({ pageIndex, text }) => [pageIndex, text]),
    }),
  );
}

function beginningKey(contentHash: string, window: string): string {
  return stageKey(contentHash, { name: 'window-beginning', version: VERSION, parameters: { window } });
}

function listKey(contentHash: string, { chat, identity, layout }: OpenedModel): string {
  const parameters = { model: chat.name, identity, layout };
  return stageKey(contentHash, { name: 'window-list', version: VERSION, parameters });
}
