// lectern models: which models are on this machine, and how others get here and leave again.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Option, type Command } from 'commander';
import { byteText } from '../../../byte-text.ts';
import { modelFolders } from '../../../config-folders.ts';
import { UsageError } from '../../../errors.ts';
import type { InstalledModels } from '../../../model/installed-models.ts';
import { MODEL_KINDS, type ModelKind } from '../../../model/model-kind.ts';
import type { WeightFormat } from '../../../model/qwen3-vl/graphs/weights.ts';
import { configOf, forExample, withCommonOptions, type CommonOptions } from '../common.ts';
import { abortOnSignals } from '../interrupt.ts';
import { aboutJson, availableJson, installedJson, shapesJson } from '../model-json.ts';
import { hint, print, printJson } from '../print.ts';
import type { StageProgress } from '../stage-progress.ts';
import { bold, dim } from '../style-text.ts';

interface AddOptions extends CommonOptions {
  readonly as?: string;
  readonly weights: WeightFormat;
  readonly revision?: string;
  readonly kind?: ModelKind;
}

const weightsOption = () =>
  new Option('--weights <format>', 'how weights are stored: the smaller, the faster on a CPU and the less exact')
    .choices(['fp32', 'fp16', 'int8', 'int4'] satisfies WeightFormat[])
    .default('int4');
const kindOption = () =>
  new Option('--kind <kind>', 'what it is for (default: what its files or its name say)').choices(MODEL_KINDS);
const nameOption = ['--as <name>', 'what to call it (default: its own name)'] as const;

export function registerModels(program: Command): void {
  const models = program
    .command('models')
    .description('list, pull, add, show and remove local models')
    .addHelpText('after', forExample('models list', 'models pull qwen3-vl-2b-instruct'));
  withCommonOptions(
    models
      .command('list')
      .description('models on this machine, and those that can be pulled')
      .addHelpText('after', forExample('models list')),
  ).action(listModels);
  withCommonOptions(
    models
      .command('pull')
      .description('download a released checkpoint (resumable), then add it')
      .addHelpText('after', forExample('models pull qwen3-vl-2b-instruct'))
      .argument('<name>', 'a name that lectern models list knows, or OWNER/NAME on the hub')
      .option(...nameOption)
      .option('--revision <name>', 'branch, tag or commit', 'main')
      .addOption(weightsOption())
      .addOption(kindOption()),
  ).action(pullModel);
  withCommonOptions(
    models
      .command('add')
      .description('convert a checkpoint folder (Hugging Face layout) of this machine')
      .addHelpText('after', forExample('models add ~/checkpoints/Qwen3-VL-2B-Instruct --as mine --weights int4'))
      .argument('<folder>', 'with config.json, *.safetensors and tokenizer.json')
      .option(...nameOption)
      .addOption(weightsOption())
      .addOption(kindOption()),
  ).action(addCheckpoint);
  withCommonOptions(
    models
      .command('remove')
      .description('delete a model that was added')
      .addHelpText('after', forExample('models remove mine'))
      .argument('<name>', 'as listed'),
  ).action(async (name: string, options: CommonOptions) => {
    const installed = await openInstalled(options);
    const folder = await installed.remove(name);
    if (options.json) printJson({ removed: { name, folder } });
    else print(`Removed ${name} (${folder}).`);
  });
  withCommonOptions(
    models
      .command('show')
      .description('what a model is and costs')
      .addHelpText('after', forExample('models show qwen3-vl-4b-instruct'))
      .argument('<name>', 'as listed'),
  ).action(showModel);
}

async function openInstalled(options: CommonOptions): Promise<InstalledModels> {
  const { InstalledModels } = await import('../../../model/installed-models.ts');
  return new InstalledModels(modelFolders(configOf(options)));
}

async function listModels(options: CommonOptions): Promise<void> {
  const { readCards } = await import('../../../model/cards.ts');
  const config = configOf(options);
  const installed = await openInstalled(options);
  const [{ models, damaged, defaultName }, cards] = await Promise.all([installed.list(), readCards()]);
  const chosen = config.model ?? defaultName;
  const here = new Set(models.map(({ name }) => name));
  const available = cards.filter(({ name, repository }) => repository !== undefined && !here.has(name));
  if (options.json) {
    printJson({
      models: models.map((model) => installedJson(model, model.name === chosen)),
      available: available.map(availableJson),
    });
  } else {
    for (const model of models) {
      const mark = model.name === chosen ? 'default' : model.kind === 'chat' ? '' : model.kind;
      print(`${bold(model.name.padEnd(30))} ${model.weights}  ${byteText(model.bytes).padStart(9)}  ${mark}`);
    }
    if (available.length > 0) print('\nTo be had with lectern models pull NAME (bytes to download; on disk as int4):');
    for (const { name, costs } of available) {
      const sizes = `${byteText(costs.checkpointBytes).padStart(9)}  ${byteText(costs.weightBytes.int4).padStart(9)}`;
      print(`${name.padEnd(30)} ${sizes}`);
    }
  }
  for (const { error } of damaged) hint(`warning: ${error.message}; add it again or remove it.`, options);
}

async function showModel(name: string, options: CommonOptions): Promise<void> {
  const { readCards } = await import('../../../model/cards.ts');
  const { availableFacts, factLines, installedFacts } = await import('../model-facts.ts');
  const installed = await openInstalled(options);
  const { models, defaultName } = await installed.list();
  const found = models.find((model) => model.name === name);
  const card = (await readCards()).find((one) => one.name === name);
  if (!found && card) {
    const { memoryBytes } = card.costs;
    if (options.json) return printJson({ ...availableJson(card), memoryBytes, installed: false });
    print(`${bold(name)}  not installed: lectern models pull ${name}`);
    return print(factLines(availableFacts(card)));
  }
  const model = await installed.find(name);
  const chosen = configOf(options).model ?? defaultName;
  const facts = { ...installedJson(model, name === chosen), installed: true, ...shapesJson(model), ...aboutJson(card) };
  if (options.json) return printJson(facts);
  print(`${bold(name)}${name === chosen ? '  default' : ''}${model.isShipped ? '  in the box' : ''}`);
  print(factLines(installedFacts(model, card)));
}

async function pullModel(name: string, options: AddOptions): Promise<void> {
  const repository = await repositoryOf(name);
  const target = options.as ?? (name.includes('/') ? repository.split('/')[1]!.toLowerCase() : name);
  await addAs(target, options, async (progress, signal) => {
    const { pullCheckpoint } = await import('../../../model/hub/pull.ts');
    const { folder, commit, isFromCache } = await pullCheckpoint(repository, {
      signal,
      ...(options.revision !== undefined && { revision: options.revision }),
      onProgress: ({ doneBytes, totalBytes }) => progress.update('download', doneBytes, totalBytes),
    });
    if (isFromCache) hint(`${repository} is taken from the cache: the hub could not be asked.`, options);
    return { folder, origin: { from: repository, commit } };
  });
}

/** OWNER/NAME on the hub of a model that a card tells of, or that is given as such. */
async function repositoryOf(name: string): Promise<string> {
  if (name.includes('/')) return name;
  const { readCards } = await import('../../../model/cards.ts');
  const released = (await readCards()).filter(({ repository }) => repository !== undefined);
  const repository = released.find((card) => card.name === name)?.repository;
  if (repository !== undefined) return repository;
  const known = released.map((card) => card.name).join(', ');
  throw new UsageError(`${name} is no model that can be pulled`, `Known: ${known}; or give OWNER/NAME.`);
}

async function addCheckpoint(folder: string, options: AddOptions): Promise<void> {
  const source = path.resolve(folder);
  const name = options.as ?? path.basename(source).toLowerCase();
  await addAs(name, options, async () => ({ folder: source, origin: { from: source } }));
}

/** What a model is made from. */
interface Checkpoint {
  readonly folder: string;
  readonly origin: { readonly from: string; readonly commit?: string };
}

/** Converts what `fetchCheckpoint` gets here, once the name is known to be one that a model may have. */
async function addAs(
  name: string,
  options: AddOptions,
  fetchCheckpoint: (progress: StageProgress, signal: AbortSignal) => Promise<Checkpoint>,
): Promise<void> {
  const installed = await openInstalled(options);
  const target = installed.folderFor(name);
  const { signal } = abortOnSignals();
  const { StageProgress } = await import('../stage-progress.ts');
  using progress = new StageProgress(name, options);
  const { folder, origin } = await fetchCheckpoint(progress, signal);
  const isReplaced = existsSync(target);
  const { addModel } = await import('../../../model/qwen3-vl/add-model.ts');
  const { noteOrigin } = await import('../../../model/installed-models.ts');
  await addModel(folder, target, options.weights, {
    signal,
    names: [origin.from],
    ...(options.kind && { kind: options.kind }),
    onProgress: (done, total) => progress.update('convert', done, total),
    finish: (part) => noteOrigin(part, { ...origin, addedAt: new Date().toISOString() }),
  });
  progress.clear();
  const { defaultName } = await installed.list();
  const added = await installed.find(name);
  if (options.json) return printJson(installedJson(added, defaultName === name));
  const kind = added.kind === 'chat' ? '' : ` (${added.kind})`;
  const size = `${options.weights}, ${byteText(added.bytes)}`;
  print(`${isReplaced ? 'Replaced' : 'Added'} ${bold(name)}${kind} in ${size} ${dim(added.model.folder)}`);
}
