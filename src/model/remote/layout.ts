// Messages to what travels: text, pictures and at most one timed video, each with its size and its tokens, before a single byte is
// encoded. This is where a server without timed frames gets pictures with the times between them.
import { assert } from '../../errors.ts';
import type { ChatMessage, ChatPart, Picture, TimedFrame } from '../chat/chat-model.ts';
import { joinTexts, partsOf } from '../chat/messages.ts';
import { pictureSize } from '../chat/picture.ts';
import { FramesError } from '../chat/prompt-media.ts';
import type { Size } from '../qwen3-vl/smart-resize.ts';
import { formatTimestamp, groupTimes } from '../qwen3-vl/timestamps.ts';
import type { ServerAbilities } from './abilities.ts';
import * as pictures from './pictures.ts';

export type WirePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly picture: Picture; readonly size: Size }
  | { readonly type: 'video'; readonly frames: readonly TimedFrame[]; readonly size: Size };

export interface WireMessage {
  readonly role: ChatMessage['role'];
  readonly parts: readonly WirePart[];
}

export interface WireLayout {
  readonly messages: readonly WireMessage[];
  /** Of pictures, and of the times the server writes into a video: exact for Qwen3-VL. */
  readonly mediaTokens: number;
  /** All text that we send, joined; the times between pictures included. */
  readonly text: string;
  readonly numTextParts: number;
}

type Abilities = Pick<ServerAbilities, 'takesTimedFrames' | 'tokenSidePx'>;

/**
 * A request can give frame times for one video only (`media_io_kwargs` holds for all videos of a request), so several go as
 * pictures. Rejects with PictureError, FramesError, AspectRatioError.
 */
export async function layOut(
  messages: readonly ChatMessage[],
  abilities: Abilities,
  limits: pictures.PixelLimits,
): Promise<WireLayout> {
  const numVideos = messages.flatMap(partsOf).filter(({ type }) => type === 'frames').length;
  const isTimed = abilities.takesTimedFrames && numVideos === 1;
  const laidOut: WireMessage[] = [];
  for (const message of messages) {
    const parts: WirePart[] = [];
    for (const part of partsOf(message)) {
      parts.push(...(await layOutPart(part, isTimed, abilities.tokenSidePx, limits)));
    }
    laidOut.push({ role: message.role, parts: joinTexts(parts) });
  }
  const parts = laidOut.flatMap((message) => message.parts);
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const mediaTokens = parts.reduce((sum, part) => sum + tokensOf(part, abilities.tokenSidePx), 0);
  return { messages: laidOut, mediaTokens, text: texts.join('\n'), numTextParts: texts.length };
}

async function layOutPart(
  part: ChatPart,
  isTimed: boolean,
  side: number,
  limits: pictures.PixelLimits,
): Promise<WirePart[]> {
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image': {
      const size = pictures.stillSize(await pictureSize(part.picture), side, limits);
      return [{ type: 'image', picture: part.picture, size }];
    }
    case 'frames': {
      const { frames } = part;
      const shown = await checkClip(frames);
      if (isTimed) return [{ type: 'video', frames, size: pictures.clipSize(shown, frames.length, side, limits) }];
      const size = pictures.frameAsStillSize(shown, side, limits);
      return frames.flatMap(({ timeSec, picture }): WirePart[] => [
        { type: 'text', text: formatTimestamp(timeSec) },
        { type: 'image', picture, size },
      ]);
    }
  }
}

/** The size of all frames. */
async function checkClip(frames: readonly TimedFrame[]): Promise<Size> {
  if (frames.length === 0) throw new FramesError('it has no frames');
  const [first, ...others] = await Promise.all(frames.map(({ picture }) => pictureSize(picture)));
  const odd = others.find(({ width, height }) => width !== first!.width || height !== first!.height);
  if (odd) throw new FramesError(`${first!.width} x ${first!.height} and ${odd.width} x ${odd.height} pixels`);
  const times = frames.map(({ timeSec }) => frameIndexMs(timeSec));
  const at = times.findIndex((time, i) => i > 0 && time <= times[i - 1]!);
  if (at > 0) throw new FramesError(`${times[at]! / 1000} s comes after ${times[at - 1]! / 1000} s`);
  return first!;
}

/** With `fps` 1000, an index is the frame's time in milliseconds. */
export function frameIndexMs(timeSec: number): number {
  return Math.round(timeSec * 1000);
}

/** Start and end of each picture are tokens of their own. */
const BORDERS = 2;

function tokensOf(part: WirePart, side: number): number {
  if (part.type === 'text') return 0;
  const shown = BORDERS + pictures.pictureTokens(part.size, side);
  if (part.type === 'image') return shown;
  const times = groupTimes(
    part.frames.map(({ timeSec }) => frameIndexMs(timeSec) / 1000),
    2,
  );
  assert(times.length === pictures.numGroups(part.frames.length), 'a time for each pair of frames');
  // `<12.3 seconds>`: each digit, point and sign is a token, and so are `<`, ` seconds` and `>`. Plus the outer borders that
  // some versions keep around a video.
  const markers = times.reduce((sum, time) => sum + formatTimestamp(time).length - '< seconds>'.length + 3, 0);
  return BORDERS + times.length * shown + markers;
}
