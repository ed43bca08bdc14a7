// A media file to what it holds: container, times, the picture track as displayed, sound, subtitles, chapters.
// It reads ffprobe's JSON (schema: ffmpeg's doc/ffprobe.xsd) and decides whether the file is a video or sound at all.
import { open, stat } from 'node:fs/promises';
import { z } from 'zod';
import { InputError } from '../../errors.ts';
import { parseRational, secToMs, type Rational, type Span } from '../../time.ts';
import { FfmpegError, isBitmapSubtitle, runFfprobe } from '../ffmpeg.ts';

/** The file can't be read as a video or sound. */
export class UnreadableMediaError extends InputError {
  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { code: 'UNREADABLE_MEDIA', remedy, cause });
  }
}

export interface VideoStream {
  /** Index in the container, for `-map 0:index`. */
  readonly index: number;
  readonly codec: string;
  readonly pixelFormat: string | undefined;
  /** Pixels as displayed: rotated, and stretched sideways where pixels aren't square. */
  readonly width: number;
  readonly height: number;
  /** Clockwise turn that the player applies, in degrees: 0, 90, 180 or 270. */
  readonly rotation: number;
  /** Average frames per second; undefined where the container doesn't say. */
  readonly fps: number | undefined;
  readonly timeBase: Rational;
  /** pts of the first frame, in ticks of timeBase. */
  readonly startPts: number | undefined;
}

export interface AudioStream {
  readonly index: number;
  readonly codec: string;
  readonly channels: number | undefined;
  readonly sampleRate: number | undefined;
  readonly lang: string | undefined;
  readonly isDefault: boolean;
}

export interface SubtitleStream {
  readonly index: number;
  readonly codec: string;
  readonly kind: 'text' | 'bitmap';
  /** As tagged, usually ISO 639-2 (`eng`); undefined where untagged or `und`. */
  readonly lang: string | undefined;
  readonly title: string | undefined;
  readonly isDefault: boolean;
  readonly isForced: boolean;
}

export interface EmbeddedChapter extends Span {
  readonly title: string;
}

export interface MediaProbe {
  /** ffmpeg's name of the container, such as `mov,mp4,m4a,3gp,3g2,mj2`. */
  readonly container: string;
  /** First and last moment in the source's own time; startSec is 10 s and more in many MPEG-TS files. */
  readonly startSec: number;
  readonly endSec: number;
  /** endSec - startSec. */
  readonly durationSec: number;
  readonly title: string | undefined;
  /** The picture track a player would show; undefined in a sound file, whose cover art is no video. */
  readonly video: VideoStream | undefined;
  readonly audio: readonly AudioStream[];
  readonly subtitles: readonly SubtitleStream[];
  readonly chapters: readonly EmbeddedChapter[];
}

const numeric = z.coerce.number().optional().catch(undefined);
const Tags = z.record(z.string(), z.string()).optional();

const Stream = z.object({
  index: z.number(),
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  time_base: z.string().optional(),
  start_pts: z.number().optional(),
  start_time: numeric,
  duration: numeric,
  channels: z.number().optional(),
  sample_rate: numeric,
  disposition: z.record(z.string(), z.number()).optional(),
  tags: Tags,
  side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).optional(),
});
type Stream = z.infer<typeof Stream>;

const ProbeOutput = z.object({
  streams: z.array(Stream).default([]),
  chapters: z.array(z.object({ start_time: numeric, end_time: numeric, tags: Tags })).default([]),
  format: z.object({ format_name: z.string(), start_time: numeric, duration: numeric, tags: Tags }),
});

const PacketTimes = z.object({ packets: z.array(z.object({ pts_time: numeric, duration_time: numeric })).default([]) });

/** Reads what a file holds. Throws UnreadableMediaError where it is no video or sound, is not there, or too damaged to open. */
export async function probeMedia(path: string, signal?: AbortSignal): Promise<MediaProbe> {
  const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    const problem = error.code === 'ENOENT' ? 'does not exist' : `could not be opened (${error.code ?? error.message})`;
    throw new UnreadableMediaError(`${path} ${problem}`, 'Check the path, and that you may read the file.', error);
  });
  if (size === 0) {
    throw new UnreadableMediaError(`${path} is empty (0 bytes)`, 'Copy or download the file again.');
  }
  const { streams, chapters, format } = ProbeOutput.parse(await readStreams(path, signal));
  if (/^(image2|.*_pipe)$/.test(format.format_name)) {
    throw new UnreadableMediaError(
      `${path} is an image (${format.format_name.replace('_pipe', '')}), not a video`,
      'Give the file its true extension, and it is read as a document of one page.',
    );
  }
  const videoStream = chooseVideo(streams);
  const audio = streams.filter((stream) => stream.codec_type === 'audio').map(toAudio);
  const subtitles = streams.filter((stream) => stream.codec_type === 'subtitle').map(toSubtitles);
  if (!videoStream && audio.length === 0) throw neitherSeenNorHeard(path, format.format_name, subtitles.length > 0);
  const startSec = format.start_time ?? videoStream?.start_time ?? 0;
  const durationSec =
    durationFromZero(streams, format.duration, startSec) ??
    format.duration ??
    videoStream?.duration ??
    (await scanDuration(path, (videoStream ?? streams[0]!).index, startSec, signal));
  return {
    container: format.format_name,
    startSec,
    endSec: startSec + durationSec,
    durationSec,
    title: tag(format.tags, 'title'),
    video: videoStream && toVideo(path, videoStream),
    audio,
    subtitles,
    chapters: chapters.map(({ start_time = 0, end_time = start_time, tags }, i) => ({
      startMs: secToMs(start_time),
      endMs: secToMs(end_time),
      title: tag(tags, 'title') ?? `Chapter ${i + 1}`,
    })),
  };
}

function neitherSeenNorHeard(path: string, format: string, hasSubtitles: boolean): UnreadableMediaError {
  return hasSubtitles
    ? new UnreadableMediaError(
        `${path} holds subtitles alone, neither a picture track nor sound`,
        'Write them to a caption file (ffmpeg -i FILE captions.srt), and index that.',
      )
    : new UnreadableMediaError(
        `${path} holds neither a picture track nor sound (it looks like ${format})`,
        'Check that the file is what its extension says.',
      );
}

async function readStreams(path: string, signal?: AbortSignal): Promise<unknown> {
  try {
    return await runFfprobe(path, ['-show_format', '-show_streams', '-show_chapters'], signal);
  } catch (error) {
    if (!(error instanceof FfmpegError)) throw error;
    if (error.stderr.some((line) => line.includes('moov atom not found')) && (await beginsAsMp4(path))) {
      throw new UnreadableMediaError(
        `${path} is cut off: the index at the end of the MP4 (moov) is missing`,
        'Copy or download the file again; a recording that stopped early can be repaired with a tool such as untrunc.',
        error,
      );
    }
    throw new UnreadableMediaError(
      `${path} can't be read as a video or sound: ${reason(error)}`,
      'Check that it plays in a media player and that its extension is right.',
      error,
    );
  }
}

/** ffprobe's last line without the path in front. */
function reason(error: FfmpegError): string {
  return (error.stderr.at(-1) ?? 'ffprobe gave no reason').replace(/^.*: (?=[^:]+$)/, '');
}

/** Whether the first box is one that an MP4 or MOV file begins with (ISO 14496-12, 4.2); ffprobe goes by the extension. */
async function beginsAsMp4(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
  return ['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'styp'].includes(buffer.toString('latin1', 4, 8));
}

/** As players choose: the default one, else the largest. Cover art and thumbnails are no video. */
function chooseVideo(streams: readonly Stream[]): Stream | undefined {
  const isPicture = ({ disposition }: Stream) => disposition?.['attached_pic'] || disposition?.['timed_thumbnails'];
  const area = (stream: Stream) => (stream.width ?? 0) * (stream.height ?? 0);
  const rank = (stream: Stream) => (stream.disposition?.['default'] ? 1e12 : 0) + area(stream);
  return streams
    .filter((stream) => stream.codec_type === 'video' && !isPicture(stream) && area(stream) > 0)
    .reduce<Stream | undefined>((best, stream) => (best && rank(best) >= rank(stream) ? best : stream), undefined);
}

function toVideo(path: string, stream: Stream): VideoStream {
  const rotation = clockwiseRotation(stream);
  const pixelAspect = parseRational(stream.sample_aspect_ratio);
  const stretch = pixelAspect && pixelAspect.num > 0 ? pixelAspect.num / pixelAspect.den : 1;
  const shown = { width: Math.max(1, Math.round(stream.width! * stretch)), height: stream.height! };
  const isUpright = rotation % 180 === 0;
  const timeBase = parseRational(stream.time_base);
  if (!timeBase) {
    throw new UnreadableMediaError(
      `${path} has a picture track without a time base`,
      'Convert it to MP4 or MKV first.',
    );
  }
  const rate = parseRational(stream.avg_frame_rate) ?? parseRational(stream.r_frame_rate);
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    pixelFormat: stream.pix_fmt,
    width: isUpright ? shown.width : shown.height,
    height: isUpright ? shown.height : shown.width,
    rotation,
    fps: rate && rate.num > 0 ? rate.num / rate.den : undefined,
    timeBase,
    startPts: stream.start_pts,
  };
}

/** The display matrix counts counter-clockwise; `rotate` tags of files written before it count clockwise. */
function clockwiseRotation({ side_data_list: sideData = [], tags }: Stream): number {
  const matrix = sideData.find((data) => data.rotation !== undefined)?.rotation;
  const degrees = matrix === undefined ? Number(tag(tags, 'rotate') ?? 0) : -matrix;
  return ((((Math.round(degrees / 90) || 0) * 90) % 360) + 360) % 360;
}

function toAudio(stream: Stream): AudioStream {
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels,
    sampleRate: stream.sample_rate,
    lang: language(stream),
    isDefault: Boolean(stream.disposition?.['default']),
  };
}

function toSubtitles(stream: Stream): SubtitleStream {
  const codec = stream.codec_name ?? 'unknown';
  return {
    index: stream.index,
    codec,
    kind: isBitmapSubtitle(codec) ? 'bitmap' : 'text',
    lang: language(stream),
    title: tag(stream.tags, 'title'),
    isDefault: Boolean(stream.disposition?.['default']),
    isForced: Boolean(stream.disposition?.['forced']),
  };
}

function language({ tags }: Stream): string | undefined {
  const lang = tag(tags, 'language');
  return lang === 'und' ? undefined : lang;
}

/** A tag whatever the case of its name (Matroska writes TITLE); undefined where it is blank. */
function tag(tags: Record<string, string> | undefined, name: string): string | undefined {
  const value = Object.entries(tags ?? {})
    .find(([key]) => key.toLowerCase() === name)?.[1]
    .trim();
  return value || undefined;
}

/**
 * MP4 counts its duration from zero, with the empty edit before the first picture: 6 s that begin at 3600 s are 3606 s long. Seen
 * by the streams, whose ends add up to just that; undefined where it is not so.
 */
function durationFromZero(
  streams: readonly Stream[],
  claimed: number | undefined,
  startSec: number,
): number | undefined {
  const ends = streams.flatMap(({ start_time, duration }) =>
    start_time === undefined || duration === undefined ? [] : [start_time + duration],
  );
  const endSec = Math.max(...ends);
  return claimed !== undefined && startSec > 0.5 && Math.abs(endSec - claimed) < 0.1 ? endSec - startSec : undefined;
}

/** For containers without a duration (a browser's WebM, raw streams): the end of a stream's last packet, nothing decoded. */
async function scanDuration(path: string, index: number, startSec: number, signal?: AbortSignal): Promise<number> {
  const show = ['-select_streams', String(index), '-show_entries', 'packet=pts_time,duration_time'];
  const output = await runFfprobe(path, show, signal);
  const { packets } = PacketTimes.parse(output);
  const endSec = packets.reduce(
    (end, { pts_time = 0, duration_time = 0 }) => Math.max(end, pts_time + duration_time),
    0,
  );
  return Math.max(0, endSec - startSec);
}
