// The settings of a run, also for those parts of this process that keep some of them for themselves.
import { resolveConfig, type Config, type ConfigOverrides } from '../config.ts';
import { configureFfmpeg } from '../ingest/ffmpeg-paths.ts';

/** As resolveConfig; from now on ffmpeg is the one that it names. @throws UsageError */
export function readSettings(overrides: ConfigOverrides, configFile?: string): Config {
  const config = resolveConfig(overrides, { configFile });
  configureFfmpeg(config);
  return config;
}
