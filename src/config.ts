// Every knob with its default, unit and a sentence. Resolved once, flags over environment over file over default, and
// passed in; nothing else reads the environment for settings.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { fromEnvironment, variableOf } from './config-environment.ts';
import { defaultConfigFile, defaultLibraryFolder } from './config-folders.ts';
import { UsageError } from './errors.ts';

export const ENGINES = ['reader', 'qwen3-vl', 'openai'] as const;
export type EngineName = (typeof ENGINES)[number];

/** Where vLLM listens. */
export const DEFAULT_SERVER_URL = 'http://127.0.0.1:8000/v1';

/** A key belongs into the environment, never into an address: addresses are shown in messages. */
const serverUrl = z
  .url({ protocol: /^https?$/, error: 'an address such as http://127.0.0.1:8000/v1' })
  .refine(
    (url) => !/^https?:\/\/[^/]*@|[?#]/.test(url),
    'an address without a user name, a password or a question mark',
  );
const variableName = z.string().regex(/^[A-Za-z_]\w*$/, 'the name of an environment variable');

const configSchema = z.strictObject({
  library: z.string().min(1).describe('Folder that holds the index.'),
  models: z
    .string()
    .min(1)
    .optional()
    .describe('Folder that holds installed models; `models` in the library where absent.'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('Installed model for every request; chosen by kind of request where absent.'),
  interactiveModel: z
    .string()
    .min(1)
    .optional()
    .describe('Installed model for questions and summaries; a small dense one where absent.'),
  batchModel: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Installed model that describes sources; a mixture of experts that fits where absent, or the one added last.',
    ),
  longDocumentModel: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Installed model that describes documents of hundreds of pages; the one of the longest context where absent.',
    ),
  modelMemoryGB: z
    .number()
    .positive()
    .optional()
    .describe('Gigabytes that models of this machine may take together; what is free where absent.'),
  embedding: z
    .string()
    .min(1)
    .default('auto')
    .describe('Installed model that gives places their vectors: a name, off, or auto for the one added last.'),
  reranker: z
    .string()
    .min(1)
    .default('auto')
    .describe('Installed model that puts the best hits in order: a name, off, or auto for the one added last.'),
  similarityFloor: z
    .number()
    .min(-1)
    .max(1)
    .default(0.4)
    .describe('Cosine to the query below which a place without its words is no match.'),
  snapshots: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder that keeps what a model has read, so that the next question need not; the platform's cache folder where absent.",
    ),
  snapshotGB: z
    .number()
    .min(0)
    .max(100_000)
    .default(8)
    .describe('Gigabytes that the snapshots may take, the longest unused of which go first; 0 keeps none.'),
  snapshotFormat: z
    .enum(['fp', 'int8'])
    .default('fp')
    .describe(
      'How snapshots are kept: fp, as they are, or int8, in half to a quarter of the bytes and a little less exact.',
    ),
  snapshotWindows: z
    .enum(['auto', 'always', 'off'])
    .default('auto')
    .describe(
      'Whether indexing keeps the parts of a source that a model was shown, for later questions: auto where writing takes a tenth of the time of reading at most and there is room beside what this run has kept, always where there is room, or off.',
    ),
  device: z
    .enum(['auto', 'cpu', 'webgpu', 'cuda'])
    .default('auto')
    .describe('What a model of this machine runs on; the fastest that works where auto.'),
  engine: z
    .enum(ENGINES)
    .optional()
    .describe(
      'What describes sources and answers; where absent, a model of this machine if one was added, else reader.',
    ),
  fps: z.number().min(1).max(2).default(1).describe('Frames sampled per second of video.'),
  ocr: z
    .string()
    .regex(/^(auto|off|[a-z]{3}(_[a-z]+)?([+,][a-z]{3}(_[a-z]+)?)*)$/, 'auto, off, or languages such as eng+deu')
    .default('auto')
    .describe('Reading text off pictures: auto (English), off, or Tesseract language codes joined by +.'),
  lang: z
    .string()
    .regex(/^[a-z]{2,3}(-[a-z0-9]{2,8})*$/i, 'a language code such as de or pt-BR')
    .optional()
    .describe('Language of the sources (BCP 47); detected where absent.'),
  jobs: z
    .number()
    .int()
    .min(1)
    .max(64)
    .default(Math.min(2, os.availableParallelism()))
    .describe('Sources worked on at once.'),
  password: z.string().optional().describe('Password for encrypted PDF files.'),
  ffmpegPath: z.string().optional().describe('The ffmpeg program; looked up on PATH where absent.'),
  ffprobePath: z.string().optional().describe('The ffprobe program; looked up on PATH where absent.'),
  serverUrl: serverUrl
    .default(DEFAULT_SERVER_URL)
    .describe('Base URL of the OpenAI-compatible server of the engine openai, /v1 included.'),
  serverModel: z.string().min(1).optional().describe("Model on that server; the server's only one where absent."),
  serverKeyEnv: variableName
    .default('OPENAI_API_KEY')
    .describe('Environment variable that holds the key of that server; none is sent where it is empty.'),
  serverTimeout: z
    .number()
    .min(1)
    .max(300)
    .default(300)
    .describe('Seconds that a server may stay silent, before an answer and within it.'),
  transcriptionUrl: serverUrl
    .optional()
    .describe('Base URL of an OpenAI-compatible server that writes down speech; none is used where absent.'),
  transcriptionModel: z
    .string()
    .min(1)
    .default('whisper-1')
    .describe('Model that the transcription server is asked for.'),
  transcriptionKeyEnv: variableName
    .optional()
    .describe('Environment variable that holds the key of the transcription server; none is sent where absent.'),
  whisperPath: z.string().min(1).default('whisper-cli').describe('The whisper-cli program of whisper.cpp.'),
  whisperModel: z
    .string()
    .min(1)
    .optional()
    .describe('Model file (ggml) for whisper-cli; the program is not used where absent.'),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
/** What a flag, a variable or a file may set; undefined means "not said here". */
export type ConfigOverrides = { readonly [K in keyof ConfigInput]?: ConfigInput[K] | undefined };

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
  const parsed = configSchema.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const knobs = Object.keys(configSchema.shape).join(', ');
    if (issue?.code === 'unrecognized_keys') {
      throw new UsageError(`Unknown setting ${issue.keys.join(', ')} in ${file}`, `The settings are: ${knobs}.`);
    }
    const name = String(issue?.path[0] ?? '');
    const variable = variableOf(name, env);
    const isFlag = withoutUndefined(flags)[name] !== undefined;
    const origin = isFlag ? `--${name}` : variable ? `$${variable}` : `"${name}" in ${file}`;
    throw new UsageError(
      `The setting ${name} is not valid${showValue(name, values)}: ${issue?.message ?? 'unreadable'}`,
      `Mend ${origin}. ${describeKnob(name)}`.trim(),
    );
  }
  return { ...parsed.data, library: path.resolve(parsed.data.library) };
}

/** ` ("two")`; nothing for what may hold a password. */
function showValue(knob: string, values: Readonly<Record<string, unknown>>): string {
  return knob === 'password' || knob.endsWith('Url') ? '' : ` (${JSON.stringify(values[knob]).slice(0, 80)})`;
}

function describeKnob(name: string): string {
  const field = (configSchema.shape as Record<string, z.ZodType | undefined>)[name];
  return field?.description ?? '';
}
