// The story of a video or audio file: probe -> captions (or speech written down) -> slides (one decode pass) -> text on each
// slide -> events and chapters. A model begins with the first minutes while later ones are still being read. Every step's output is
// kept, so an interrupted run goes on where it stopped.
import path from 'node:path';
import { probeMedia } from '../src/ingest/video/probe.ts';
import { secToMs } from '../src/time.ts';
import type { IndexContext } from './index-context.ts';
import { readCaptionsOf } from './read-captions.ts';
import { readPictures } from './read-pictures.ts';
import { recordRate } from './rates.ts';
import { StillShelf } from './still-shelf.ts';
import { transcribeVideo } from './transcribe-video.ts';
import { sourceOf, understandInTurn, type ReadSource } from './understand.ts';

export async function indexVideo(context: IndexContext): Promise<ReadSource> {
  const { input, library, config, engine, signal } = context;
  const startedAt = performance.now();
  const probe = await probeMedia(input.path, signal);
  const { captions: given, warnings } = await readCaptionsOf(input.path, probe, config.lang, signal);
  for (const message of warnings) context.warn(message);
  const speech = given === null ? await transcribeVideo(probe, context) : undefined;
  const captions = given ?? speech?.captions ?? null;

  const { durationSec, startSec, chapters: mediaChapters } = probe;
  const stills = new StillShelf();
  const heard = {
    kind: 'video' as const,
    durationMs: Math.round(durationSec * 1000),
    // A broadcast goes on with the clock of its station; other containers count from zero, whenever their first picture comes.
    startMs: probe.container.startsWith('mpeg') ? secToMs(startSec) : 0,
    captions,
    pages: [],
    document: null,
    mediaChapters,
    ...(probe.video && { clip: { path: input.path, probe, stills } }),
  };
  // What can't fit is refused before an hour is decoded for it.
  await engine.estimate?.({ ...heard, slides: [], slideTexts: [] }, library);

  // Where reading or describing fails, the other one does not go on.
  const stop = new AbortController();
  const both = { ...context, signal: AbortSignal.any([signal, stop.signal]) };
  const onDecode = () => void engine.makeReady?.(heard);
  const { feed, done } = readPictures(probe, both, { stills, onDecode });
  const describing = engine.describeComing
    ? understandInTurn(() => engine.describeComing!(heard, feed, both), done, both)
    : done.then(({ slides, slideTexts }) =>
        understandInTurn(() => engine.describe({ ...heard, slides, slideTexts }, both), done, both),
      );
  const timed = done.then(async ({ isKnown }) => {
    if (!probe.video || isKnown) return;
    await recordRate(library, { videoSec: durationSec, wallSec: (performance.now() - startedAt) / 1000 });
  });
  try {
    const [described, { numFrames, slides, slideTexts }] = await Promise.all([describing, done, timed]);
    const video = probe.video && {
      width: probe.video.width,
      height: probe.video.height,
      fps: probe.video.fps ?? null,
      frames: numFrames,
      slides: new Set(slides.map(({ slideIndex }) => slideIndex)).size,
    };
    const facts = { title: titleOf(input.path, probe.title), video: video ?? null };
    const source = sourceOf({ ...heard, slides, slideTexts }, described, facts, context);
    return { ...source, isUnfinished: (source.isUnfinished ?? false) || (speech?.hasFailed ?? false) };
  } catch (error) {
    // Only then: what is kept of the windows is still on its way to the disk.
    stop.abort();
    await Promise.allSettled([describing, done, timed]);
    throw error;
  }
}

/** The file's name, unless the container declares a title that says more than a recorder's own name for itself. */
function titleOf(file: string, declared: string | undefined): string {
  const title = declared?.trim() ?? '';
  return title.length > 3 && /\p{L}{3}.*\s.*\p{L}{2}/u.test(title) ? title : path.parse(file).name;
}
