// The only module that starts ffmpeg or ffprobe. fluent-ffmpeg puts the commands together; the processes are ours, because
// its run() checks capabilities with a parser that fails on FFmpeg 7 and its pipes can end early without an error.
// Works with FFmpeg 5 to 8. It knows processes, not frames or slides; only the `file` protocol is open to an input.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import fluent from 'fluent-ffmpeg';
import { LecternError } from '../errors.ts';
import { programPath, type Program } from './ffmpeg-paths.ts';

export class FfmpegNotFoundError extends LecternError {
  constructor(program: Program, path: string, cause?: unknown) {
    super(path === program ? `${program} was not found on PATH` : `${program} could not be started at ${path}`, {
      code: 'FFMPEG_NOT_FOUND',
      remedy: `Install FFmpeg 5 or newer (Debian: apt-get install ffmpeg; macOS: brew install ffmpeg), or set ffmpegPath in the config or ${ENV_NAMES[program]}.`,
      cause,
    });
  }
}

/** ffmpeg or ffprobe ran and failed. `stderr` holds its last lines, oldest first. */
export class FfmpegError extends LecternError {
  readonly program: string;
  /** null where a signal ended the process. */
  readonly exitCode: number | null;
  readonly stderr: readonly string[];

  constructor(program: string, exitCode: number | null, endSignal: string | null, stderr: readonly string[]) {
    const ending = exitCode === null ? `was ended by ${endSignal}` : `ended with status ${exitCode}`;
    super(`${program} ${ending}: ${stderr.at(-1) ?? 'it printed no reason'}`, {
      code: 'FFMPEG_FAILED',
      remedy:
        'Play the file in another program; if it plays there, report this with the message and `ffmpeg -version`.',
    });
    this.program = program;
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** A subtitle stream made of pictures (DVD, Blu-ray, DVB): it exists, but holds no text to read. */
export class BitmapSubtitlesError extends LecternError {
  constructor(streamIndex: number, codec: string) {
    super(`Subtitle stream ${streamIndex} is ${codec}: pictures, not text`, {
      code: 'SUBTITLES_ARE_PICTURES',
      remedy: 'Put a .vtt or .srt file with the same name beside the video.',
    });
  }
}

const ENV_NAMES: Record<Program, string> = { ffmpeg: '$FFMPEG_PATH', ffprobe: '$FFPROBE_PATH' };

const versions = new Map<string, Promise<FfmpegVersion>>();

export interface FfmpegVersion {
  /** As printed, such as `5.1.9-0+deb12u1` or `N-118000-gabcdef` for a build between releases. */
  readonly text: string;
  /** Infinity for a build between releases, which is taken as newest. */
  readonly major: number;
  readonly minor: number;
}

export function parseFfmpegVersion(output: string): FfmpegVersion {
  const text = /version (\S+)/.exec(output)?.[1] ?? 'unknown';
  const release = /^n?(\d+)(?:\.(\d+))?/.exec(text);
  if (!release) return { text, major: Infinity, minor: 0 };
  return { text, major: Number(release[1]), minor: Number(release[2] ?? 0) };
}

/** Version of the ffmpeg in use, asked once per path. Rejects with FfmpegNotFoundError. */
export function ffmpegVersion(): Promise<FfmpegVersion> {
  const path = programPath('ffmpeg');
  let version = versions.get(path);
  if (!version) {
    version = collect('ffmpeg', ['-version']).then((out) => parseFfmpegVersion(out.toString('utf8')));
    version.catch(() => versions.delete(path));
    versions.set(path, version);
  }
  return version;
}

/** Every frame keeps its own time: the option was named -vsync before FFmpeg 5.1 and is gone under that name later. */
export async function passthroughOptions(): Promise<string[]> {
  const { major, minor } = await ffmpegVersion();
  return [major > 5 || (major === 5 && minor >= 1) ? '-fps_mode' : '-vsync', 'passthrough'];
}

export interface FfmpegJob {
  readonly path: string;
  /** Options before and after the input, each word an item of its own. */
  readonly inputOptions?: readonly string[];
  readonly outputOptions: readonly string[];
  /** File name or `pipe:1` (stdout). */
  readonly target: string;
}

// A file that turns out to be a playlist must not reach the network.
const LOCAL_FILES_ONLY = ['-protocol_whitelist', 'file'] as const;

/** The `file:` keeps a path that looks like an option or a protocol (`-x.mp4`, `http:notes.mp4`) a path. */
function fileUrl(path: string): string {
  return `file:${path}`;
}

function commandLine(job: FfmpegJob): string[] {
  // Options are passed as separate arguments, two at least: fluent-ffmpeg splits a lone one at its space.
  return fluent()
    .input(fileUrl(job.path))
    .inputOptions('-v', 'error', '-nostdin', ...(job.inputOptions ?? []), ...LOCAL_FILES_ONLY)
    .outputOptions('-y', ...job.outputOptions)
    .output(job.target)
    ._getArguments();
}

/** A running ffmpeg. Dispose it (`await using`) to be sure that it is gone. */
export class FfmpegProcess implements AsyncDisposable {
  readonly stdout: Readable;
  /** What the command writes to `pipe:3`. */
  readonly sideChannel: Readable;
  /** Settles when the process is gone: rejects with FfmpegError, FfmpegNotFoundError or the signal's reason. */
  readonly exited: Promise<void>;
  readonly #child: ChildProcess;

  get pid(): number | undefined {
    return this.#child.pid;
  }

  constructor(program: Program, args: readonly string[], signal?: AbortSignal) {
    signal?.throwIfAborted();
    const path = programPath(program);
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], windowsHide: true });
    this.#child = child;
    this.stdout = child.stdout!;
    this.sideChannel = child.stdio[3] as Readable;
    const stderr = new LastLines(child.stderr!);
    const kill = () => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill, { once: true });
    this.exited = new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(new FfmpegNotFoundError(program, path, error)));
      child.once('close', (code, endSignal) => {
        if (signal?.aborted) reject(signal.reason as Error);
        else if (code === 0) resolve();
        else reject(new FfmpegError(program, code, endSignal, stderr.lines));
      });
    }).finally(() => signal?.removeEventListener('abort', kill));
    // A caller that stops early never looks at `exited`; that must not count as an unhandled rejection.
    this.exited.catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    this.stdout.destroy();
    this.sideChannel.destroy();
    await this.exited.catch(() => {});
  }
}

export function startFfmpeg(job: FfmpegJob, signal?: AbortSignal): FfmpegProcess {
  return new FfmpegProcess('ffmpeg', commandLine(job), signal);
}

/** Runs to the end and returns what came out of stdout. For small outputs only: it is held in memory. */
export async function runFfmpeg(job: FfmpegJob, signal?: AbortSignal): Promise<Buffer> {
  return collect('ffmpeg', commandLine(job), signal);
}

/** ffprobe's JSON for a file, parsed but not yet checked. `show` are its -show_… options. */
export async function runFfprobe(path: string, show: readonly string[], signal?: AbortSignal): Promise<unknown> {
  const args = ['-v', 'error', '-of', 'json', ...show, ...LOCAL_FILES_ONLY, '-i', fileUrl(path)];
  const output = await collect('ffprobe', args, signal);
  return JSON.parse(output.toString('utf8')) as unknown;
}

async function collect(program: Program, args: readonly string[], signal?: AbortSignal): Promise<Buffer> {
  await using child = new FfmpegProcess(program, args, signal);
  child.sideChannel.resume();
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  } catch {
    // The pipe broke because the process ended; `exited` says why.
  }
  await child.exited;
  return Buffer.concat(chunks);
}

class LastLines {
  static readonly #maxLines = 12;
  readonly lines: string[] = [];
  #rest = '';

  constructor(stream: Readable) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (this.#rest + text).split(/\r?\n/);
      this.#rest = (lines.pop() ?? '').slice(0, 4096);
      this.#keep(lines);
    });
    stream.on('end', () => this.#keep([this.#rest]));
  }

  #keep(lines: readonly string[]): void {
    this.lines.push(...lines.map((line) => line.trim()).filter(Boolean));
    this.lines.splice(0, Math.max(0, this.lines.length - LastLines.#maxLines));
  }
}

const BITMAP_CODECS = new Set(['dvd_subtitle', 'hdmv_pgs_subtitle', 'dvb_subtitle', 'xsub', 'vobsub']);

export function isBitmapSubtitle(codec: string): boolean {
  return BITMAP_CODECS.has(codec);
}

export interface SubtitleText {
  readonly format: 'vtt' | 'srt' | 'ass';
  readonly text: string;
}

/**
 * The text of one subtitle stream, times as in the container. ASS keeps its own form (styles and speaker names are in
 * it); the rest comes as WebVTT. Throws BitmapSubtitlesError where the stream holds pictures.
 */
export async function extractSubtitles(
  path: string,
  streamIndex: number,
  codec: string,
  signal?: AbortSignal,
): Promise<SubtitleText> {
  if (isBitmapSubtitle(codec)) throw new BitmapSubtitlesError(streamIndex, codec);
  const isAss = codec === 'ass' || codec === 'ssa';
  const outputOptions = ['-map', `0:${streamIndex}`, '-f', isAss ? 'ass' : 'webvtt'];
  const bytes = await runFfmpeg({ path, inputOptions: ['-copyts'], outputOptions, target: 'pipe:1' }, signal);
  return { format: isAss ? 'ass' : 'vtt', text: bytes.toString('utf8') };
}
