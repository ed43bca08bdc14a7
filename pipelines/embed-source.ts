// The stage `vectors`: every place of an indexed source to its vector. Each is kept under what it was made of, so that an
// interrupted run goes on with the next place, and a source that is described anew pays for what changed.
import { sha256 } from '../src/hash.ts';
import { probeMedia, type MediaProbe } from '../src/ingest/video/probe.ts';
import { grabStill } from '../src/ingest/video/still.ts';
import type { Representable } from '../src/model/embed/represent.ts';
import { resizeBicubic, type RgbImage } from '../src/model/qwen3-vl/resize.ts';
import type { Library, PlacedVector, SourceRecord } from '../src/store/library.ts';
import { codesOf, vectorOf } from '../src/store/vector-codes.ts';
import { recordVectorRate } from './embed-rates.ts';
import type { Embedder } from './embed-models.ts';
import { placesToEmbed, type PlaceToEmbed } from './embed-places.ts';
import { stageCache } from './stage.ts';

/** Pixels of a still: about 200 vision tokens, as many as a paragraph's. */
const STILL_PIXELS = 448 * 448;

export interface EmbedContext {
  readonly library: Library;
  readonly embedder: Embedder;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Whether there was something to do. Rejects as the model does, or with the signal's reason. */
export async function embedSource(source: SourceRecord, context: EmbedContext): Promise<boolean> {
  const { library, embedder, signal, onProgress } = context;
  if (await library.hasVectors(source.id, embedder.model)) return false;
  const places = placesToEmbed(await readContent(library, source));
  const { identity, dimensions, version } = embedder.model;
  const withStills = places.length > 0 && source.video !== null && (await embedder.seesCheaply());
  const cache = stageCache(library, source.contentHash, {
    name: 'vectors',
    version,
    parameters: { identity, dimensions, withStills },
  });
  let probe: Promise<MediaProbe> | undefined;
  const grab = async (stillMs: number) =>
    grabStill(source.path, await (probe ??= probeMedia(source.path, signal)), stillMs / 1000, signal);
  const vectors: PlacedVector[] = [];
  let numMade = 0;
  let wallMs = 0;
  for (const place of places) {
    signal.throwIfAborted();
    const unit = sha256(`${place.text}\n${withStills ? (place.stillMs ?? '') : ''}`);
    let codes = await cache.get(unit);
    if (codes === undefined) {
      const startedAt = performance.now();
      // As the store keeps it: what comes from here again is what it would have been.
      codes = codesOf(await embedder.embedPlace(await shownOf(place, withStills ? grab : undefined), signal));
      await cache.put(unit, codes);
      numMade++;
      wallMs += performance.now() - startedAt;
    }
    const { startMs, endMs, pageIndex } = place;
    vectors.push({ startMs, endMs, pageIndex, vector: vectorOf(codes) });
    onProgress?.(vectors.length, places.length);
  }
  if (numMade > 0) await recordVectorRate(library, embedder.model.name, numMade, wallMs / 1000);
  await library.saveVectors(source.id, embedder.model, vectors);
  return true;
}

/** What of a source's rows its places are made of. */
export async function readContent(library: Library, { id }: SourceRecord) {
  const [events, captions, pages, slides] = await Promise.all([
    library.readEvents(id),
    library.readCaptions(id),
    library.readPages(id),
    library.readSlides(id),
  ]);
  return { events, captions: captions ?? null, pages, slides: slides.states };
}

/** `grab` gives the still at a time; the text stands alone where it is left out, or finds none. */
async function shownOf(
  { text, stillMs }: PlaceToEmbed,
  grab: ((stillMs: number) => Promise<RgbImage | undefined>) | undefined,
): Promise<Representable> {
  const still = stillMs === undefined ? undefined : await grab?.(stillMs);
  if (!still) return { text };
  const scale = Math.min(1, Math.sqrt(STILL_PIXELS / (still.width * still.height)));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  return { text, images: [resizeBicubic(still, side(still.width), side(still.height))] };
}
