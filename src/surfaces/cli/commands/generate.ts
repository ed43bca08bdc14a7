// lectern generate: the bare model, for tests and debugging. Media and prompt in, text, tokens and timing out.
import { Option, type Command } from 'commander';
import { modelFolders, snapshotSettings } from '../../../config-folders.ts';
import { toErrorDetail, UsageError } from '../../../errors.ts';
import type { ChatMessage, ChatPart, ChatRequest, RequestBeginning } from '../../../model/chat/chat-model.ts';
import type { LocalChatModel } from '../../../model/chat/local-chat-model.ts';
import { collect, configOf, forExample, withCommonOptions, type CommonOptions } from '../common.ts';
import { abortOnSignals } from '../interrupt.ts';
import { finiteNumber, wholeNumber } from '../numbers.ts';
import { hint, printJson } from '../print.ts';
import { printable } from '../style-text.ts';

type MediaKind = 'image' | 'video' | 'frames';
interface MediaFile {
  readonly kind: MediaKind;
  readonly file: string;
}

interface GenerateOptions extends CommonOptions {
  readonly model?: string;
  readonly prompt?: string;
  readonly messages?: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly repetitionPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly device?: 'auto' | 'cpu' | 'webgpu' | 'cuda';
  readonly kv: 'fp' | 'int8';
  readonly schema?: string;
  readonly stop?: string[];
  readonly ignoreEos?: boolean;
  readonly reuse?: boolean;
  readonly minPixels?: number;
  readonly maxPixels?: number;
}

export function registerGenerate(program: Command): void {
  // Pictures and clips keep the order of the command line, whichever option each came by.
  const media: MediaFile[] = [];
  const note = (kind: MediaKind) => (file: string) => {
    media.push({ kind, file });
    return media;
  };
  withCommonOptions(
    program
      .command('generate')
      .description('run a model on a prompt with pictures and clips, and print what it answers')
      .addHelpText(
        'after',
        forExample(
          'generate --image slide.png --prompt "Read the title."',
          'generate --video talk.mp4 --prompt "List the events as JSON." --max-tokens 800',
        ),
      )
      .option('--model <name>', 'installed model (default: the one added last, else the one in the box)')
      .option('--image <file>', 'a picture before the prompt (repeatable)', note('image'))
      .option('--video <file>', "a video, sampled at the model's rate (repeatable)", note('video'))
      .option('--frames <file>', 'a sampled video as JSON Lines {"path","time"}, seconds (repeatable)', note('frames'))
      .option('--prompt <text>', 'what to ask')
      .option('--messages <file>', 'OpenAI-style JSON messages in place of prompt and media')
      .option('--max-tokens <n>', 'longest answer', wholeNumber('max-tokens', 1, 1_000_000), 512)
      .option('--temperature <t>', '0 takes the likeliest token', finiteNumber('temperature', 0, 100), 0)
      .option('--top-p <p>', 'draw from the likeliest tokens of this share', finiteNumber('top-p', 0, 1))
      .option('--top-k <k>', 'draw from so many of the likeliest tokens', wholeNumber('top-k', 0, 1_000_000))
      .option(
        '--repetition-penalty <p>',
        'above 1, tokens of prompt and answer become less likely',
        finiteNumber('repetition-penalty', 0.01, 100),
      )
      .option(
        '--presence-penalty <p>',
        'above 0, tokens of the answer so far become less likely',
        finiteNumber('presence-penalty', -100, 100),
      )
      .option('--seed <n>', 'the same seed draws the same answer', wholeNumber('seed', 0, 2 ** 32 - 1))
      .addOption(
        new Option('--device <device>', 'what computes (default: what the settings name, else auto)').choices([
          'auto',
          'cpu',
          'webgpu',
          'cuda',
        ]),
      )
      .addOption(new Option('--kv <format>', 'keys and values while running').choices(['fp', 'int8']).default('fp'))
      .option('--schema <file>', 'JSON schema that the answer must match')
      .option('--stop <text>', 'ends the answer, and is not part of it (repeatable)', collect)
      .option('--ignore-eos', 'run to --max-tokens')
      .option('--reuse', 'keep what comes before the prompt for the next time, and use what was kept')
      .option(
        '--min-pixels <n>',
        "in place of the checkpoint's: of a picture, or of all frames of a clip together",
        wholeNumber('min-pixels', 1, 1e9),
      )
      .option('--max-pixels <n>', 'likewise', wholeNumber('max-pixels', 1, 1e9)),
  ).action(async (options: GenerateOptions) => {
    await runGenerate(options, media);
  });
}

/** @throws UsageError for options that don't go together. */
function checkOptions(options: GenerateOptions, media: readonly MediaFile[]): void {
  if ((options.prompt === undefined) === (options.messages === undefined)) {
    throw new UsageError(
      'Give either --prompt TEXT or --messages FILE',
      'For example: lectern generate --prompt "Hello"',
    );
  }
  if (options.messages !== undefined && media.length > 0) {
    throw new UsageError('--messages holds its pictures itself', `Leave out --${media[0]!.kind}, or use --prompt.`);
  }
  if (options.minPixels !== undefined && options.maxPixels !== undefined && options.minPixels > options.maxPixels) {
    throw new UsageError(
      `--min-pixels ${options.minPixels} is above --max-pixels ${options.maxPixels}`,
      'Give the smaller number to --min-pixels.',
    );
  }
}

async function runGenerate(options: GenerateOptions, media: readonly MediaFile[]): Promise<void> {
  checkOptions(options, media);
  const { signal } = abortOnSignals();
  const { readJsonOption } = await import('../read-messages.ts');
  const schema = options.schema === undefined ? undefined : await readJsonOption(options.schema, '--schema');
  const { InstalledModels } = await import('../../../model/installed-models.ts');
  const config = configOf(options, { model: options.model, device: options.device });
  const installed = new InstalledModels(modelFolders(config));
  const chosen = config.model === undefined ? await installed.findDefault() : await installed.find(config.model);

  const { StageProgress } = await import('../stage-progress.ts');
  using progress = new StageProgress(chosen.name, options);
  const { LocalChatModel } = await import('../../../model/chat/local-chat-model.ts');
  const { minPixels, maxPixels } = options;
  const snapshots = options.reuse ? snapshotSettings(config) : undefined;
  await using model = await LocalChatModel.open(chosen.model.folder, {
    name: chosen.name,
    device: config.device,
    limitBytes: config.modelMemoryGB && config.modelMemoryGB * 1e9,
    kv: options.kv,
    ...(snapshots && { snapshots }),
    onSnapshotFailure: (error) => hint(`Nothing was kept for the next time: ${toErrorDetail(error).message}`, options),
    budget: { ...(minPixels !== undefined && { minPixels }), ...(maxPixels !== undefined && { maxPixels }) },
  });
  const messages = await messagesOf(options, media, model, signal);
  const { maxTokens, temperature, topP, topK, repetitionPenalty, presencePenalty, seed, stop } = options;
  const sampling = { temperature, topP, topK, repetitionPenalty, presencePenalty, seed };
  const request: ChatRequest = {
    messages,
    reusable: beginningOf(messages),
    maxTokens,
    ...sampling,
    stop,
    schema,
    signal,
    ignoreEos: options.ignoreEos ?? false,
    onPrefill: (done, total) => progress.update('prefill', done, total),
  };
  await answer(model, request, options);
}

async function answer(model: LocalChatModel, request: ChatRequest, options: GenerateOptions): Promise<void> {
  const pieces = model.stream(request);
  let text = '';
  let next = await pieces.next();
  try {
    for (; !next.done; next = await pieces.next()) {
      text += next.value;
      if (!options.json) process.stdout.write(printable(next.value, process.stdout));
    }
  } finally {
    // Also where it breaks off; not where it never began.
    if (!options.json && !text.endsWith('\n') && (next.done || text !== '')) process.stdout.write('\n');
  }
  const { usage, timing, tokenIds, finish } = next.value;
  const { device, reason } = await model.chooseDevice();
  if (options.json) return printJson({ text, tokens: tokenIds, usage, timing, finish, model: model.name, device });
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  const reused = usage.cached > 0 ? ` (${usage.cached} reused)` : '';
  const prompt = `${usage.prompt} prompt tokens${reused} in ${seconds(timing.prefillMs)}`;
  const completion = `${usage.completion} answered in ${seconds(timing.decodeMs)}`;
  hint(`${model.name} on ${device} (${reason}): ${prompt}, ${completion}`, options);
}

/** All but the last message, and of that one what comes before its last text. */
function beginningOf(messages: readonly ChatMessage[]): RequestBeginning {
  const last = messages.at(-1);
  const parts =
    typeof last?.content === 'string' ? -1 : (last?.content.findLastIndex(({ type }) => type === 'text') ?? -1);
  return { messages: Math.max(0, messages.length - 1), parts: Math.max(0, parts) };
}

async function messagesOf(
  options: GenerateOptions,
  media: readonly MediaFile[],
  model: LocalChatModel,
  signal: AbortSignal,
): Promise<readonly ChatMessage[]> {
  const { PictureFiles, readFrameLines, readMessages } = await import('../read-messages.ts');
  const pictures = new PictureFiles();
  if (options.messages !== undefined) return readMessages(options.messages, pictures);
  const content: ChatPart[] = [];
  for (const { kind, file } of media) {
    if (kind === 'image') content.push({ type: 'image', picture: await pictures.read(file) });
    else if (kind === 'frames') content.push({ type: 'frames', frames: await readFrameLines(file, pictures) });
    else {
      const { sampleClip } = await import('../../../../pipelines/sample-clip.ts');
      content.push({ type: 'frames', frames: await sampleClip(file, model, signal) });
    }
  }
  return [{ role: 'user', content: [...content, { type: 'text', text: options.prompt ?? '' }] }];
}
