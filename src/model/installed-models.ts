// The models on this machine: those that were added or pulled, each a folder in a models folder, and the one in the box. A
// folder counts when it is whole; what an interrupted conversion left is never listed.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { InputError, UsageError } from '../errors.ts';
import { CARDS_FOLDER } from './cards.ts';
import { readPurpose, type AnswerIds, type ModelKind } from './model-kind.ts';
import { openModelFolder, ModelFolderError, type ModelFolder } from './qwen3-vl/graphs/model-folder.ts';
import type { WeightFormat } from './qwen3-vl/graphs/weights.ts';

const originSchema = z.object({
  /** Where it was converted from: a repository on a hub, or a folder. */
  from: z.string(),
  commit: z.string().optional(),
  /** ISO 8601 */
  addedAt: z.string(),
});

export type ModelOrigin = z.infer<typeof originSchema>;

export interface InstalledModel {
  readonly name: string;
  readonly family: 'qwen3-vl';
  readonly kind: ModelKind;
  /** A reranker's words for yes and no, where its checkpoint names them. */
  readonly answers?: AnswerIds | undefined;
  readonly weights: WeightFormat;
  /** On disk, all files. */
  readonly bytes: number;
  readonly isShipped: boolean;
  readonly origin?: ModelOrigin;
  readonly model: ModelFolder;
}

export interface DamagedModel {
  readonly folder: string;
  readonly error: ModelFolderError;
}

export interface ModelList {
  readonly models: readonly InstalledModel[];
  readonly damaged: readonly DamagedModel[];
  /** What chats where nobody names a model: never one for vectors or scores. */
  readonly defaultName: string | undefined;
}

export class ModelKindError extends UsageError {
  constructor({ name, kind }: InstalledModel, wanted: ModelKind) {
    super(
      `${name} is ${withArticle(kind)} model, and ${withArticle(wanted)} model is needed`,
      `See lectern models list; add the checkpoint again with --kind ${wanted} if it is one.`,
    );
  }
}

const withArticle = (kind: ModelKind) => `${kind === 'embedding' ? 'an' : 'a'} ${kind}`;

export class ModelNotFoundError extends InputError {
  constructor(name: string, known: readonly string[]) {
    super(`No model called ${name} is installed`, {
      code: 'MODEL_NOT_FOUND',
      remedy: `Installed: ${known.join(', ') || 'none'}. Get another with lectern models pull NAME, or lectern models add FOLDER.`,
    });
  }
}

const ORIGIN_FILE = 'origin.json';
const LOOK_AGAIN_MS = 20;
const MAX_LOOKS = 25;

/** Notes in a model's folder where the model comes from. */
export async function noteOrigin(folder: string, origin: ModelOrigin): Promise<void> {
  await writeFile(join(folder, ORIGIN_FILE), JSON.stringify(origin));
}

/** What ends so is still being written, or was left in the middle of it. */
function isModelName(name: string): boolean {
  return /^[a-z0-9][a-z0-9._-]*$/i.test(name) && !name.endsWith('.part');
}

export class InstalledModels {
  readonly #folders: readonly string[];
  readonly #shippedFolder: string;

  /** `folders`: where models lie, the first one for new models; a name in an earlier one hides the same name in a later one. */
  constructor(folders: readonly string[], shippedFolder = CARDS_FOLDER) {
    this.#folders = folders;
    this.#shippedFolder = shippedFolder;
  }

  /** Where a model of this name is to be written. Throws UsageError for what can't be a folder's name. */
  folderFor(name: string): string {
    if (!isModelName(name)) {
      throw new UsageError(`${name} can't be a model's name`, 'Use letters, digits, dots, dashes: --as my-model');
    }
    return join(this.#folders[0]!, name);
  }

  /** By name. */
  async list(): Promise<ModelList> {
    const models = new Map<string, InstalledModel>();
    const damaged: DamagedModel[] = [];
    for (const parent of [...this.#folders, this.#shippedFolder]) {
      const isShipped = parent === this.#shippedFolder;
      for (const name of await folderNames(parent)) {
        const folder = join(parent, name);
        if (models.has(name) || !isModelName(name)) continue;
        // Cards of models that don't ship lie beside the shipped one.
        if (isShipped && !(await isFile(join(folder, 'model.json')))) continue;
        try {
          models.set(name, await readInstalled(name, folder, isShipped));
        } catch (error) {
          // Removed or replaced while it was read.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
          if (!(error instanceof ModelFolderError)) throw error;
          damaged.push({ folder, error });
        }
      }
    }
    const sorted = [...models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { models: sorted, damaged, defaultName: lastAdded(sorted, 'chat')?.name };
  }

  /** Throws ModelNotFoundError, which names those that exist, or ModelFolderError for one that is damaged. */
  async find(name: string): Promise<InstalledModel> {
    for (let look = 1; ; look++) {
      const { models, damaged } = await this.list();
      const found = models.find((model) => model.name === name);
      if (found) return found;
      const broken = damaged.find(({ folder }) => basename(folder) === name);
      if (look < MAX_LOOKS && (await this.#isBeingReplaced(name, broken !== undefined))) {
        await setTimeout(LOOK_AGAIN_MS);
        continue;
      }
      if (broken) throw broken.error;
      const known = models.map((model) => model.name);
      throw new ModelNotFoundError(name, known);
    }
  }

  /** By another process, which had or has the old one away for a moment; `wasThere`: something was, if damaged. */
  async #isBeingReplaced(name: string, wasThere: boolean): Promise<boolean> {
    const names = await folderNames(this.#folders[0]!);
    if (!wasThere && names.includes(name)) return true;
    return names.some((one) => one.startsWith(`${name}.`) && one.endsWith('.old.part'));
  }

  /** As `find`, for a purpose; throws ModelKindError for a model of another. */
  async findOfKind(name: string, kind: ModelKind): Promise<InstalledModel> {
    const found = await this.find(name);
    if (found.kind !== kind) throw new ModelKindError(found, kind);
    return found;
  }

  /** The one of a kind that was added last; for chat also the one in the box. */
  async findLast(kind: ModelKind): Promise<InstalledModel | undefined> {
    return lastAdded((await this.list()).models, kind);
  }

  /** What runs where nobody names a model: the one added last, or else the one in the box. */
  async findDefault(): Promise<InstalledModel> {
    const found = await this.findLast('chat');
    if (found) return found;
    throw new ModelNotFoundError('in the box', []);
  }

  /** Deletes its folder, a damaged one too, and gives its path. Throws ModelNotFoundError, or InputError for the one in the box. */
  async remove(name: string): Promise<string> {
    const { damaged } = await this.list();
    const broken = damaged.find(({ folder }) => basename(folder) === name && dirname(folder) !== this.#shippedFolder);
    const found = broken ?? (await this.find(name));
    if ('isShipped' in found && found.isShipped) {
      throw new InputError(`${name} comes with Lectern and can't be removed`, {
        code: 'MODEL_SHIPPED',
        remedy: 'Name another with --model where you do not want it.',
      });
    }
    const folder = 'model' in found ? found.model.folder : found.folder;
    await rm(folder, { recursive: true });
    return folder;
  }
}

function lastAdded(models: readonly InstalledModel[], wanted: ModelKind): InstalledModel | undefined {
  const added = (model: InstalledModel) => (model.isShipped ? '' : (model.origin?.addedAt ?? '0'));
  return models.filter(({ kind }) => kind === wanted).sort((a, b) => (added(a) < added(b) ? 1 : -1))[0];
}

async function readInstalled(name: string, folder: string, isShipped: boolean): Promise<InstalledModel> {
  const model = await openModelFolder(folder);
  const origin = await readFile(join(folder, ORIGIN_FILE), 'utf8').then(
    (text) => originSchema.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
  const purpose = await readPurpose(folder);
  const sizes = await Promise.all((await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size));
  return {
    name,
    family: 'qwen3-vl',
    ...purpose,
    weights: model.format,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    isShipped,
    ...(origin && { origin }),
    model,
  };
}

async function folderNames(parent: string): Promise<string[]> {
  try {
    const entries = await readdir(parent, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}
