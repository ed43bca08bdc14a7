// Every knob with its default, unit and a sentence. Resolved once, flags over environment over file over default, and
// passed in; nothing else reads the environment for settings.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fromEnvironment, variableOf } from './config-environment.ts';
import { defaultConfigFile, defaultLibraryFolder } from './config-folders.ts';
import { UsageError } from './errors.ts';
import {
  ANY_TEXT,
  POSITIVE,
  TEXT,
  defaultsOf,
  numberIn,
  oneOf,
  optional,
  required,
  textLike,
  wholeNumber,
  withDefault,
  type Kind,
  type Knob,
  type Settings,
} from './knob.ts';

export const ENGINES = ['reader', 'qwen3-vl', 'openai'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Where vLLM listens. */
export const DEFAULT_SERVER_URL = 'http://127.0.0.1:8000/v1';

/** A key belongs into the environment, never into an address: addresses are shown in messages. */
const ADDRESS: Kind<string> = {
  expected: 'an address such as http://127.0.0.1:8000/v1, without a user name, a password or a question mark',
  holds: (value): value is string =>
    typeof value === 'string' && /^https?:\/\/[^/@\s?#]+(?:\/[^\s?#]*)?$/i.test(value) && URL.canParse(value),
};
const VARIABLE = textLike(/^[A-Za-z_]\w*$/, 'the name of an environment variable');
const OCR_LANGS = textLike(
  /^(auto|off|[a-z]{3}(_[a-z]+)?([+,][a-z]{3}(_[a-z]+)?)*)$/,
  'auto, off, or languages such as eng+deu',
);
const LANGUAGE = textLike(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i, 'a language code such as de or pt-BR');

const KNOBS = {
  library: required(TEXT, 'Folder that holds the index.'),
  models: optional(TEXT, 'Folder that holds installed models; `models` in the library where absent.'),
  model: optional(TEXT, 'Installed model for every request; chosen by kind of request where absent.'),
  interactiveModel: optional(TEXT, 'Installed model for questions and summaries; a small dense one where absent.'),
  batchModel: optional(
    TEXT,
    'Installed model that describes sources; a mixture of experts that fits where absent, or the one added last.',
  ),
  longDocumentModel: optional(
    TEXT,
    'Installed model that describes documents of hundreds of pages; the one of the longest context where absent.',
  ),
  modelMemoryGB: optional(
    POSITIVE,
    'Gigabytes that models of this machine may take together; what is free where absent.',
  ),
  embedding: withDefault(
    'auto',
    TEXT,
    'Installed model that gives places their vectors: a name, off, or auto for the one added last.',
  ),
  reranker: withDefault(
    'auto',
    TEXT,
    'Installed model that puts the best hits in order: a name, off, or auto for the one added last.',
  ),
  similarityFloor: withDefault(
    0.4,
    numberIn(-1, 1),
    'Cosine to the query below which a place without its words is no match.',
  ),
  snapshots: optional(
    TEXT,
    "Folder that keeps what a model has read, so that the next question need not; the platform's cache folder where absent.",
  ),
  snapshotGB: withDefault(
    8,
    numberIn(0, 100_000),
    'Gigabytes that the snapshots may take, the longest unused of which go first; 0 keeps none.',
  ),
  snapshotFormat: withDefault(
    'fp',
    oneOf(['fp', 'int8']),
    'How snapshots are kept: fp, as they are, or int8, in half to a quarter of the bytes and a little less exact.',
  ),
  snapshotWindows: withDefault(
    'auto',
    oneOf(['auto', 'always', 'off']),
    'Whether indexing keeps the parts of a source that a model was shown, for later questions: auto where writing takes a tenth of the time of reading at most and there is room beside what this run has kept, always where there is room, or off.',
  ),
  device: withDefault(
    'auto',
    oneOf(['auto', 'cpu', 'webgpu', 'cuda']),
    'What a model of this machine runs on; the fastest that works where auto.',
  ),
  engine: optional(
    oneOf(ENGINES),
    'What describes sources and answers; where absent, a model of this machine if one was added, else reader.',
  ),
  fps: withDefault(1, numberIn(1, 2), 'Frames sampled per second of video.'),
  ocr: withDefault(
    'auto',
    OCR_LANGS,
    'Reading text off pictures: auto (English), off, or Tesseract language codes joined by +.',
  ),
  lang: optional(LANGUAGE, 'Language of the sources (BCP 47); detected where absent.'),
  jobs: withDefault(Math.min(2, os.availableParallelism()), wholeNumber(1, 64), 'Sources worked on at once.'),
  password: optional(ANY_TEXT, 'Password for encrypted PDF files.'),
  ffmpegPath: optional(ANY_TEXT, 'The ffmpeg program; looked up on PATH where absent.'),
  ffprobePath: optional(ANY_TEXT, 'The ffprobe program; looked up on PATH where absent.'),
  serverUrl: withDefault(
    DEFAULT_SERVER_URL,
    ADDRESS,
    'Base URL of the OpenAI-compatible server of the engine openai, /v1 included.',
  ),
  serverModel: optional(TEXT, "Model on that server; the server's only one where absent."),
  serverKeyEnv: withDefault(
    'OPENAI_API_KEY',
    VARIABLE,
    'Environment variable that holds the key of that server; none is sent where it is empty.',
  ),
  serverTimeout: withDefault(
    300,
    numberIn(1, 300),
    'Seconds that a server may stay silent, before an answer and within it.',
  ),
  transcriptionUrl: optional(
    ADDRESS,
    'Base URL of an OpenAI-compatible server that writes down speech; none is used where absent.',
  ),
  transcriptionModel: withDefault('whisper-1', TEXT, 'Model that the transcription server is asked for.'),
  transcriptionKeyEnv: optional(
    VARIABLE,
    'Environment variable that holds the key of the transcription server; none is sent where absent.',
  ),
  whisperPath: withDefault('whisper-cli', TEXT, 'The whisper-cli program of whisper.cpp.'),
  whisperModel: optional(TEXT, 'Model file (ggml) for whisper-cli; the program is not used where absent.'),
} as const;

const DEFAULTS = defaultsOf(KNOBS);

export type Config = Settings<typeof KNOBS>;
/** What a flag, a variable or a file may set; undefined means "not said here". */
export type ConfigOverrides = { readonly [K in keyof Config]?: Config[K] | undefined };

/** Where and how the engine openai is reached, the key looked up: for probeServer and OpenAiChatModel.open. */
export function serverAddress(
  config: Pick<Config, 'serverUrl' | 'serverModel' | 'serverKeyEnv' | 'serverTimeout'>,
  env: NodeJS.ProcessEnv = process.env,
) {
  const { serverUrl: url, serverModel: model, serverKeyEnv, serverTimeout } = config;
  return { url, model, apiKey: env[serverKeyEnv] || undefined, timeoutMs: serverTimeout * 1000 };
}

/** What writes down speech, as far as it is configured, the key looked up: for openTranscriber. */
export function transcriptionSettings(config: Config, env: NodeJS.ProcessEnv = process.env) {
  const { transcriptionUrl: url, transcriptionModel, transcriptionKeyEnv, serverTimeout } = config;
  const apiKey = transcriptionKeyEnv === undefined ? undefined : env[transcriptionKeyEnv] || undefined;
  return {
    server: url === undefined ? undefined : { url, model: transcriptionModel, apiKey, timeoutMs: serverTimeout * 1000 },
    whisper:
      config.whisperModel === undefined ? undefined : { program: config.whisperPath, model: config.whisperModel },
  };
}

function fromFile(file: string, mustExist: boolean): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (!mustExist) return {};
    throw new UsageError(
      `The configuration file ${file} could not be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
      'Check the path given to --config.',
      error,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(
      `The configuration file ${file} is not JSON: ${(error as Error).message}`,
      'Mend the file, or remove it to use the defaults.',
      error,
    );
  }
}

const withoutUndefined = (overrides: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));

/**
 * The configuration of one run.
 * @throws UsageError that names the field, the value and where it can be set; unknown keys of the file are named.
 */
export function resolveConfig(
  flags: ConfigOverrides,
  { configFile, env = process.env }: { configFile?: string | undefined; env?: NodeJS.ProcessEnv } = {},
): Config {
  const file = configFile ?? defaultConfigFile(env);
  const fileValues = fromFile(file, configFile !== undefined);
  if (typeof fileValues !== 'object' || fileValues === null || Array.isArray(fileValues)) {
    throw new UsageError(`The configuration file ${file} must hold one JSON object`, 'Write it as {"fps": 2}, say.');
  }
  const values: Readonly<Record<string, unknown>> = {
    library: defaultLibraryFolder(env),
    ...fileValues,
    ...fromEnvironment(env),
    ...withoutUndefined(flags),
  };
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(KNOBS, name));
  if (unknown.length > 0) {
    const knobs = Object.keys(KNOBS).join(', ');
    throw new UsageError(`Unknown setting ${unknown.join(', ')} in ${file}`, `The settings are: ${knobs}.`);
  }
  for (const [name, { kind, about }] of Object.entries<Knob<unknown>>(KNOBS)) {
    if (!Object.hasOwn(values, name) || kind.holds(values[name])) continue;
    const variable = variableOf(name, env);
    const isFlag = withoutUndefined(flags)[name] !== undefined;
    const origin = isFlag ? `--${name}` : variable ? `$${variable}` : `"${name}" in ${file}`;
    throw new UsageError(
      `The setting ${name} is not valid${showValue(name, values)}: it takes ${kind.expected}`,
      `Mend ${origin}. ${about}`,
    );
  }
  const config = { ...DEFAULTS, ...values } as Config;
  return { ...config, library: path.resolve(config.library) };
}

/** ` ("two")`; nothing for what may hold a password. */
function showValue(knob: string, values: Readonly<Record<string, unknown>>): string {
  return knob === 'password' || knob.endsWith('Url') ? '' : ` (${JSON.stringify(values[knob]).slice(0, 80)})`;
}
