// The pictures of a video to slides and the text on them: one decode pass, and each slide read as soon as the pass is past it. What
// comes of it is handed out while it goes on.
import type { MediaProbe } from '../src/ingest/video/probe.ts';
import { readSlides } from '../src/ingest/video/read-slides.ts';
import { SLIDES_VERSION } from '../src/ingest/video/slide.ts';
import { formatClock } from '../src/time.ts';
import type { IndexContext } from './index-context.ts';
import { readSlideText } from './read-slide-text.ts';
import { SlideReading, type SeenSlides, type SlideFeed } from './slide-feed.ts';
import { runStage, stageCheckpoint } from './stage.ts';
import type { StillShelf } from './still-shelf.ts';

export interface PicturesRead extends SeenSlides {
  readonly numFrames: number;
  /** The slides were known from an earlier run: the time taken says nothing. */
  readonly isKnown: boolean;
}

export interface PictureReading {
  readonly feed: SlideFeed;
  /** Rejects where the feed does. */
  readonly done: Promise<PicturesRead>;
}

export interface ReadPicturesOptions {
  /** Gets the stills that text is read off. */
  readonly stills: StillShelf;
  /** Called when the video is about to be decoded. */
  readonly onDecode?: () => void;
}

/** `context.signal` ends it. */
export function readPictures(probe: MediaProbe, context: IndexContext, options: ReadPicturesOptions): PictureReading {
  const { config, shared, signal, onProgress } = context;
  let numRead = 0;
  const feed = new SlideReading(async (state) => {
    if (config.ocr === 'off') return undefined;
    const read = () => readSlideText(state, probe, options.stills, context);
    const text = await shared.pictures.add(read, { signal });
    numRead++;
    onProgress('slide text', numRead, feed.numTexts + (feed.isWhole ? 0 : 1));
    return text;
  });
  const done = findSlides(probe, context, feed, options).then(async (found) => {
    feed.finish(found.states);
    const { numFrames, isKnown } = found;
    return { ...(await feed.all()), numFrames, isKnown };
  });
  done.catch((error: unknown) => feed.fail(error));
  return { feed, done };
}

async function findSlides(
  probe: MediaProbe,
  { input, contentHash, library, config, shared, signal, onProgress, warn }: IndexContext,
  feed: SlideReading,
  { onDecode }: ReadPicturesOptions,
) {
  if (!probe.video) return { states: [], numFrames: 0, isKnown: false };
  const stage = { name: 'slides', version: SLIDES_VERSION, parameters: { fps: config.fps } };
  const decode = () => {
    onDecode?.();
    return readSlides(input.path, probe, {
      fps: config.fps,
      signal,
      checkpoint: stageCheckpoint(library, contentHash, stage),
      onProgress: (done, total) => onProgress('slides', done, total),
      onDecided: (decided) => feed.decide(decided),
    });
  };
  const { value, cached } = await runStage(library, contentHash, stage, () => shared.decoding.add(decode));
  if (value.damagedFromSec !== undefined) {
    warn(`The picture is damaged or cut off from ${formatClock(value.damagedFromSec * 1000)} on.`);
  }
  return { states: value.states, numFrames: value.numFrames, isKnown: cached };
}
