// The story of a video or audio file: probe -> captions (or speech written down) -> slides (one decode pass) -> text on each
// slide -> events and chapters. Every step's output is kept, so an interrupted run goes on where it stopped.
import path from 'node:path';
import type { Input } from '../src/ingest/discover.ts';
import { probeMedia } from '../src/ingest/video/probe.ts';
import { readSlides, SLIDES_VERSION } from '../src/ingest/video/read-slides.ts';
import { formatClock } from '../src/time.ts';
import type { IndexContext } from './index-context.ts';
import { readCaptionsOf } from './read-captions.ts';
import { readSlideTexts } from './read-slide-texts.ts';
import { recordRate } from './rates.ts';
import { runStage, stageCheckpoint } from './stage.ts';
import { transcribeVideo } from './transcribe-video.ts';
import { understand, type ReadSource } from './understand.ts';

export async function indexVideo(input: Input, contentHash: string, context: IndexContext): Promise<ReadSource> {
  const { library, config, engine, signal, shared, report } = context;
  const startedAt = performance.now();
  const probe = await probeMedia(input.path, signal);
  const { captions: given, warnings } = await readCaptionsOf(input.path, probe, config.lang, signal);
  for (const message of warnings) report({ type: 'warning', source: input.path, message });
  const speech = given === null ? await transcribeVideo(input, contentHash, probe, context) : undefined;
  const captions = given ?? speech?.captions ?? null;

  const { durationSec, chapters: mediaChapters } = probe;
  const heard = {
    kind: 'video' as const,
    durationMs: Math.round(durationSec * 1000),
    captions,
    pages: [],
    document: null,
    mediaChapters,
    ...(probe.video && { clip: { path: input.path, probe } }),
  };
  // What can't fit is refused before an hour is decoded for it.
  await engine.estimate?.({ ...heard, slides: [], slideTexts: [] }, library);

  const stage = { name: 'slides', version: SLIDES_VERSION, parameters: { fps: config.fps } };
  const slides = probe.video
    ? await runStage(library, contentHash, stage, () =>
        shared.decoding.add(() =>
          readSlides(input.path, probe, {
            fps: config.fps,
            signal,
            checkpoint: stageCheckpoint(library, contentHash, stage),
            onProgress: (done, total) => report({ type: 'progress', source: input.path, stage: 'slides', done, total }),
          }),
        ),
      )
    : undefined;
  const states = slides?.value.states ?? [];
  if (slides?.value.damagedFromSec !== undefined) {
    const from = formatClock(slides.value.damagedFromSec * 1000);
    report({ type: 'warning', source: input.path, message: `The picture is damaged or cut off from ${from} on.` });
  }
  const slideTexts = config.ocr === 'off' ? [] : await readSlideTexts(input, contentHash, probe, states, context);

  const material = { ...heard, slides: states, slideTexts };
  const video = probe.video && {
    width: probe.video.width,
    height: probe.video.height,
    fps: probe.video.fps ?? null,
    frames: slides?.value.numFrames ?? 0,
    slides: new Set(states.map(({ slideIndex }) => slideIndex)).size,
  };
  if (slides && !slides.cached) {
    await recordRate(library, { videoSec: probe.durationSec, wallSec: (performance.now() - startedAt) / 1000 });
  }
  const facts = { title: titleOf(input.path, probe.title), video: video ?? null };
  const read = await understand(material, facts, { path: input.path, contentHash }, context);
  return { ...read, isUnfinished: (read.isUnfinished ?? false) || (speech?.hasFailed ?? false) };
}

/** The file's name, unless the container declares a title that says more than a recorder's own name for itself. */
function titleOf(file: string, declared: string | undefined): string {
  const title = declared?.trim() ?? '';
  return title.length > 3 && /\p{L}{3}.*\s.*\p{L}{2}/u.test(title) ? title : path.parse(file).name;
}
