// Every knob's environment variable. Only config.ts asks for them.
import type { Config } from './config.ts';

/** The variable of each knob; of two, the first that is set. */
const VARIABLES: { readonly [K in keyof Config]-?: readonly string[] } = {
  library: ['LECTERN_LIBRARY'],
  models: ['LECTERN_MODELS'],
  model: ['LECTERN_MODEL'],
  interactiveModel: ['LECTERN_INTERACTIVE_MODEL'],
  batchModel: ['LECTERN_BATCH_MODEL'],
  longDocumentModel: ['LECTERN_LONG_DOCUMENT_MODEL'],
  modelMemoryGB: ['LECTERN_MODEL_MEMORY_GB'],
  embedding: ['LECTERN_EMBEDDING'],
  reranker: ['LECTERN_RERANKER'],
  similarityFloor: ['LECTERN_SIMILARITY_FLOOR'],
  snapshots: ['LECTERN_SNAPSHOTS'],
  snapshotGB: ['LECTERN_SNAPSHOT_GB'],
  snapshotFormat: ['LECTERN_SNAPSHOT_FORMAT'],
  snapshotWindows: ['LECTERN_SNAPSHOT_WINDOWS'],
  device: ['LECTERN_DEVICE'],
  engine: ['LECTERN_ENGINE'],
  fps: ['LECTERN_FPS'],
  ocr: ['LECTERN_OCR'],
  lang: ['LECTERN_LANG'],
  jobs: ['LECTERN_JOBS'],
  password: ['LECTERN_PASSWORD'],
  ffmpegPath: ['FFMPEG_PATH'],
  ffprobePath: ['FFPROBE_PATH'],
  serverUrl: ['LECTERN_SERVER_URL', 'OPENAI_BASE_URL'],
  serverModel: ['LECTERN_SERVER_MODEL'],
  serverKeyEnv: ['LECTERN_SERVER_KEY_ENV'],
  serverTimeout: ['LECTERN_SERVER_TIMEOUT'],
  transcriptionUrl: ['LECTERN_TRANSCRIPTION_URL'],
  transcriptionModel: ['LECTERN_TRANSCRIPTION_MODEL'],
  transcriptionKeyEnv: ['LECTERN_TRANSCRIPTION_KEY_ENV'],
  whisperPath: ['LECTERN_WHISPER_PATH'],
  whisperModel: ['LECTERN_WHISPER_MODEL'],
};

/** A number where it reads as one; what does not is refused with the other values. */
const NUMBERS: readonly string[] = [
  'modelMemoryGB',
  'similarityFloor',
  'snapshotGB',
  'fps',
  'jobs',
  'serverTimeout',
] satisfies (keyof Config)[];

/** Where a knob's value comes from, if it is set at all. */
export function variableOf(knob: string, env: NodeJS.ProcessEnv): string | undefined {
  return (VARIABLES as Readonly<Record<string, readonly string[]>>)[knob]?.find((variable) => env[variable]);
}

/** What the environment sets, to be checked with the rest. */
export function fromEnvironment(env: NodeJS.ProcessEnv): object {
  const values = Object.keys(VARIABLES).flatMap((knob) => {
    const text = env[variableOf(knob, env) ?? ''];
    if (!text) return [];
    return [[knob, NUMBERS.includes(knob) && !Number.isNaN(Number(text)) ? Number(text) : text] as const];
  });
  return Object.fromEntries(values);
}
