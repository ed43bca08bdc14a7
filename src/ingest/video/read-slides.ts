// A video to its slides: signatures in one decode pass, saved every few minutes, and the states found among them.
import { FfmpegError } from '../ffmpeg.ts';
import { slotOf } from './frame-pass.ts';
import { UnreadableMediaError, type MediaProbe } from './probe.ts';
import { sampleFrames } from './sampled-frames.ts';
import { decodeSignatures, encodeSignatures, GRID_HEIGHT, GRID_WIDTH, type Signature } from './signature.ts';
import { SlideDetector, type DecidedSlides } from './slide-detector.ts';
import type { SlideState } from './slide.ts';

/** Where signatures are kept between runs, so that an interrupted run goes on where it stopped. */
export interface SlideCheckpoint {
  load(): Promise<Uint8Array | undefined>;
  save(bytes: Uint8Array): Promise<void>;
}

export interface ReadSlidesOptions {
  /** Frames per second that count as sampled, 1 to 2; boundaries are looked for twice a second in any case. */
  readonly fps: number;
  readonly signal?: AbortSignal | undefined;
  /** Seconds of source time, since its start. */
  readonly onProgress?: ((doneSec: number, totalSec: number) => void) | undefined;
  readonly checkpoint?: SlideCheckpoint | undefined;
  /** Told every few seconds of the video what no later frame changes. */
  readonly onDecided?: ((decided: DecidedSlides) => void) | undefined;
}

export interface SlidesRead {
  readonly states: SlideState[];
  readonly numFrames: number;
  /** Set where pictures end well before the container says: the file is cut off or damaged from there on. */
  readonly damagedFromSec?: number;
}

/** Half a second between looks keeps boundaries well within a second. */
const DETECTION_FPS = 2;
const CHECKPOINT_SEC = 300;
const DECIDED_EVERY_SEC = 10;
/** Pictures may end this much before the sound without anything being wrong. */
const MAX_SILENT_TAIL_SEC = 10;

/** Empty where there is no picture track. A file damaged on the way gives what could be read. */
export async function readSlides(
  path: string,
  probe: MediaProbe,
  { fps, signal, onProgress, checkpoint, onDecided }: ReadSlidesOptions,
): Promise<SlidesRead> {
  const detector = new SlideDetector();
  let numFrames = 0;
  let lastSec: number | undefined;
  let toldSec = -Infinity;
  const take = (signature: Signature) => {
    const isNewSlot = lastSec === undefined || slotOf(signature.timeSec, fps) > slotOf(lastSec, fps);
    if (isNewSlot) numFrames++;
    lastSec = signature.timeSec;
    detector.push(signature);
  };

  const log = new SignatureLog(checkpoint);
  await log.load(take);
  const frames = sampleFrames(path, probe, {
    ...{ fps: DETECTION_FPS, width: GRID_WIDTH, height: GRID_HEIGHT, pixelFormat: 'gray', withKeyframes: true },
    fromSec: lastSec === undefined ? undefined : lastSec + 1e-4,
    signal,
  });
  let hasFailed = false;
  try {
    for await (const { timeSec, data } of frames) {
      const signature = { timeSec, cells: data };
      take(signature);
      await log.add(signature);
      onProgress?.(timeSec - probe.startSec, probe.durationSec);
      if (onDecided && timeSec - toldSec >= DECIDED_EVERY_SEC) {
        toldSec = timeSec;
        onDecided(detector.soFar());
      }
    }
  } catch (error) {
    if (!(error instanceof FfmpegError)) throw error;
    if (lastSec === undefined) throw undecodable(path, error);
    hasFailed = true;
  }
  const endSec = lastSec ?? probe.startSec;
  const isCutOff = probe.video !== undefined && (hasFailed || probe.endSec - endSec > MAX_SILENT_TAIL_SEC + 1);
  const states = detector.finish(isCutOff ? endSec : probe.endSec);
  return { states, numFrames, ...(isCutOff && { damagedFromSec: endSec }) };
}

function undecodable(path: string, error: FfmpegError): UnreadableMediaError {
  return new UnreadableMediaError(
    `${path}: not one picture of it can be decoded (${error.stderr.at(-1) ?? 'ffmpeg gave no reason'})`,
    'Check that it is copied or downloaded to the end, and that it plays in a media player.',
    error,
  );
}

/** Signatures on their way into a checkpoint, saved every few minutes of video behind those of earlier runs. */
class SignatureLog {
  readonly #checkpoint: SlideCheckpoint | undefined;
  readonly #blocks: Uint8Array[] = [];
  #unsaved: Signature[] = [];

  constructor(checkpoint: SlideCheckpoint | undefined) {
    this.#checkpoint = checkpoint;
  }

  /** Gives those that were saved. */
  async load(take: (signature: Signature) => void): Promise<void> {
    const saved = await this.#checkpoint?.load();
    if (!saved) return;
    const decoded = decodeSignatures(saved);
    let step = decoded.next();
    for (; !step.done; step = decoded.next()) take(step.value);
    this.#blocks.push(saved.subarray(0, step.value));
  }

  async add(signature: Signature): Promise<void> {
    if (!this.#checkpoint) return;
    this.#unsaved.push(signature);
    if (signature.timeSec - this.#unsaved[0]!.timeSec < CHECKPOINT_SEC) return;
    this.#blocks.push(encodeSignatures(this.#unsaved));
    this.#unsaved = [];
    await this.#checkpoint.save(Buffer.concat(this.#blocks));
  }
}
