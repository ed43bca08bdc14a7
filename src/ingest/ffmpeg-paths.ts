// Where ffmpeg and ffprobe are found. Apart from what starts them, so that settings can be told before anything of it is loaded.

export type Program = 'ffmpeg' | 'ffprobe';

export interface FfmpegPaths {
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
}

let configured: FfmpegPaths = {};

/** Sets the programs from the config, for this process; what is left out comes from the environment, then from PATH. */
export function configureFfmpeg(paths: FfmpegPaths): void {
  configured = paths;
}

export function programPath(program: Program): string {
  if (program === 'ffmpeg') return configured.ffmpegPath || process.env['FFMPEG_PATH'] || 'ffmpeg';
  return configured.ffprobePath || process.env['FFPROBE_PATH'] || 'ffprobe';
}
