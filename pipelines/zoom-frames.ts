// A model looks again at where something begins: a few frames of the seconds around first, then every frame around its answer, so
// that a time to the frame costs two short requests.
import type { Clip } from './window-media.ts';
import { readFrames } from '../src/ingest/video/frame-pass.ts';
import { findExactChange, type FrameTime } from '../src/ingest/video/exact-change.ts';
import type { ChatModel, TimedFrame } from '../src/model/chat/chat-model.ts';
import { completeAnyhow } from '../src/model/remote/complete-anyhow.ts';
import {
  MOMENT_SCHEMA,
  MOMENT_TOKENS,
  momentMessages,
  readMoment,
  type Subject,
} from '../src/windows/moment-request.ts';

/** Seconds before and after a coarse time. */
const REACH_SEC = 4;
const COARSE_FPS = 2;
/** The second look: all frames this far around the first answer. */
const FINE_REACH_SEC = 0.6;
/** Models read times in tenths of a second, of two frames together: a change of the picture this near is what was meant. */
const MODEL_PRECISION_SEC = 0.2;
/** Pixels of a frame: slides stay readable, 32 of them stay below 2,000 vision tokens. */
const FRAME_PIXELS = 448 * 256;

interface LookedAt extends FrameTime, TimedFrame {}

/** The frame at which the subject begins; undefined where an answer names no frame that was shown. Rejects as the model does. */
export async function beginningByModel(
  chat: ChatModel,
  clip: Clip,
  nearSec: number,
  subject: Subject,
  signal?: AbortSignal,
): Promise<FrameTime | undefined> {
  const coarse = await framesAround(clip, { nearSec, reachSec: REACH_SEC, fps: COARSE_FPS }, signal);
  const first = await ask(chat, coarse, subject, signal);
  if (!first) return undefined;
  const fine = await framesAround(clip, { nearSec: first.timeSec, reachSec: FINE_REACH_SEC }, signal);
  const found = await ask(chat, fine, subject, signal);
  if (!found) return undefined;
  const near = { nearSec: found.timeSec, reachSec: MODEL_PRECISION_SEC };
  return (await findExactChange(clip.path, clip.probe, near, signal)) ?? found;
}

async function ask(
  chat: ChatModel,
  frames: readonly LookedAt[],
  subject: Subject,
  signal: AbortSignal | undefined,
): Promise<LookedAt | undefined> {
  if (frames.length === 0) return undefined;
  const messages = momentMessages(frames, subject);
  const request = { messages, maxTokens: MOMENT_TOKENS, schema: MOMENT_SCHEMA, signal };
  const { text } = await completeAnyhow(chat, request);
  const index = readMoment(text, frames);
  return index === undefined ? undefined : frames[index];
}

/** Every frame where no rate is given. */
async function framesAround(
  { path, probe: { video } }: Clip,
  { nearSec, reachSec, fps }: { readonly nearSec: number; readonly reachSec: number; readonly fps?: number },
  signal: AbortSignal | undefined,
): Promise<LookedAt[]> {
  if (!video) return [];
  const scale = Math.min(1, Math.sqrt(FRAME_PIXELS / (video.width * video.height)));
  const size = { width: Math.round(video.width * scale), height: Math.round(video.height * scale) };
  const span = { fromSec: nearSec - reachSec, toSec: nearSec + reachSec };
  const pass = {
    path,
    video,
    ...size,
    ...span,
    slotsPerSec: fps,
    pixelFormat: 'rgb24' as const,
    skipNonReference: false,
  };
  const frames: LookedAt[] = [];
  for await (const { data, pts, timeBase, timeSec } of readFrames(pass, signal)) {
    frames.push({ pts, timeBase, timeSec, picture: { ...size, data } });
  }
  return frames;
}
