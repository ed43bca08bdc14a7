// Where things lie: the folders that the settings name, and those that this platform has for them.
import os from 'node:os';
import path from 'node:path';
import type { Config } from './config.ts';

/** Where this platform keeps a program's data: $XDG_DATA_HOME, ~/Library/Application Support, or %LOCALAPPDATA%. */
export function defaultLibraryFolder(env: NodeJS.ProcessEnv = process.env): string {
  const home = os.homedir();
  const base =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Application Support')
      : process.platform === 'win32'
        ? (env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'))
        : env['XDG_DATA_HOME'] || path.join(home, '.local', 'share');
  return path.join(base, 'lectern');
}

/**
 * Where models lie, the first one for new models: the folder that is set, or else `models` in the library and, for a library
 * elsewhere, in the platform's data folder too.
 */
export function modelFolders(config: Pick<Config, 'library' | 'models'>): string[] {
  if (config.models !== undefined) return [path.resolve(config.models)];
  return [...new Set([config.library, defaultLibraryFolder()])].map((folder) => path.join(folder, 'models'));
}

/** Where this platform keeps what can be made again: $XDG_CACHE_HOME, ~/Library/Caches, or %LOCALAPPDATA%. */
function defaultSnapshotFolder(env: NodeJS.ProcessEnv): string {
  const home = os.homedir();
  const base =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Caches')
      : process.platform === 'win32'
        ? path.join(env['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local'), 'cache')
        : env['XDG_CACHE_HOME'] || path.join(home, '.cache');
  return path.join(base, 'lectern', 'snapshots');
}

/** Where and how much of what models have read is kept, for LocalChatModel; undefined where none is. */
export function snapshotSettings(
  config: Pick<Config, 'snapshots' | 'snapshotGB' | 'snapshotFormat' | 'snapshotWindows'>,
  env: NodeJS.ProcessEnv = process.env,
) {
  const folder = path.resolve(config.snapshots ?? defaultSnapshotFolder(env));
  return config.snapshotGB === 0
    ? undefined
    : {
        folder,
        maxBytes: config.snapshotGB * 1e9,
        format: config.snapshotFormat,
        ...(config.snapshotWindows === 'always' && { keepsAll: true }),
      };
}

/** Where the settings file is looked for when no `--config` names one. */
export function defaultConfigFile(env: NodeJS.ProcessEnv = process.env): string {
  const home = os.homedir();
  const base =
    process.platform === 'darwin'
      ? path.join(home, 'Library', 'Application Support')
      : process.platform === 'win32'
        ? (env['APPDATA'] ?? path.join(home, 'AppData', 'Roaming'))
        : env['XDG_CONFIG_HOME'] || path.join(home, '.config');
  return path.join(base, 'lectern', 'config.json');
}
