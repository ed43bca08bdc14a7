// What `lectern doctor` finds out: each part that Lectern needs or can use on this machine, whether it works, and what to
// do where it does not.
import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { transcriptionSettings, type Config } from '../src/config.ts';
import { toErrorDetail } from '../src/errors.ts';
import { programPath } from '../src/ingest/ffmpeg-paths.ts';
import { ffmpegVersion } from '../src/ingest/ffmpeg.ts';
import { freeDiskBytes } from '../src/model/disk-space.ts';
import { openLibraryToRead } from '../src/store/sqlite-library.ts';
import { checkMeaning } from './check-meaning.ts';
import { checkCuda, checkModels, checkOnnxRuntime, checkSnapshots, checkWebGpu } from './check-models.ts';
import { checkServer } from './check-server.ts';
import { checkTranscription } from './check-transcription.ts';
import { absent, broken, ok, type Finding } from './finding.ts';

type Check = (config: Config) => Promise<Finding>;

/** A library grows by about 1 MB for each hour of lecture; below this even a small run may stop half-way. */
const MIN_FREE_BYTES = 200e6;

const checks: Record<string, Check> = {
  node: async () => ok(`Node.js ${process.versions.node}`),

  ffmpeg: async () => {
    const { text } = await ffmpegVersion();
    return ok(`${text} (${programPath('ffmpeg')})`);
  },

  ocr: async (config) => {
    if (config.ocr === 'off') return absent('switched off', 'Remove "ocr": "off" to read slides and scans.');
    const langs = config.ocr === 'auto' ? ['eng'] : config.ocr.split(/[+,]/);
    const { resolve } = createRequire(import.meta.url);
    const missing = langs.filter((lang) => {
      try {
        return !resolve(`@tesseract.js-data/${lang}/package.json`);
      } catch {
        return true;
      }
    });
    if (missing.length === 0) return ok(`languages ${langs.join(', ')}`);
    const packages = missing.map((lang) => `@tesseract.js-data/${lang}`);
    return broken(`no data for ${missing.join(', ')}`, `Run npm install ${packages.join(' ')}`);
  },

  library: async (config) => {
    await using library = await openLibraryToRead(config.library);
    const sources = await library.listSources();
    await library.checkIntegrity();
    const message = `${library.folder}, ${sources.length} sources, intact`;
    const isWritable = await access(config.library, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (isWritable) return ok(message);
    const remedy = 'To add to it, get write permission on the folder and its files, or use another one with --library.';
    return absent(`${message}; it can be searched and not added to`, remedy);
  },

  disk: async (config) => {
    const free = await freeDiskBytes(existingFolder(config.library));
    const message = `${(free / 1e9).toFixed(1)} GB free at ${config.library}`;
    if (free >= MIN_FREE_BYTES) return ok(message);
    return broken(message, 'Free some space, or put the library elsewhere with --library.');
  },

  models: checkModels,
  meaning: checkMeaning,
  snapshots: checkSnapshots,
  onnxruntime: checkOnnxRuntime,
  cuda: checkCuda,
  webgpu: checkWebGpu,
  server: checkServer,

  transcription: (config) => checkTranscription(transcriptionSettings(config)),
};

/** The folder, or the nearest one above it that there is. */
function existingFolder(folder: string): string {
  return existsSync(folder) ? folder : existingFolder(path.dirname(folder));
}

/** Each part that there is to check, and what was found. */
export async function checkInstallation(config: Config): Promise<(Finding & { readonly part: string })[]> {
  const findings: (Finding & { readonly part: string })[] = [];
  for (const [part, check] of Object.entries(checks)) {
    try {
      findings.push({ part, ...(await check(config)) });
    } catch (error) {
      const { message, remedy } = toErrorDetail(error);
      findings.push({ part, ...broken(message, remedy) });
    }
  }
  return findings;
}
