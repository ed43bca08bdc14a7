// The engine that the settings name: the reader, or models where one was named or added. Each is loaded only where it is taken.
import { existsSync } from 'node:fs';
import { modelFolders } from '../src/config-folders.ts';
import type { Config, EngineName } from '../src/config.ts';
import type { Engine } from './engine.ts';
import type { OpenModelsOptions } from './open-model.ts';

/** Loads no weights yet; asks a server what it is. Rejects with ModelNotFoundError, or as openModels does. */
export async function openEngine(config: Config, options: OpenModelsOptions = {}): Promise<Engine> {
  if ((config.engine ?? (await defaultEngine(config))) === 'reader') {
    const { readerEngine } = await import('./reader-engine.ts');
    return readerEngine;
  }
  const [{ openModels }, { ModelEngine }] = await Promise.all([import('./open-model.ts'), import('./model-engine.ts')]);
  return new ModelEngine(await openModels(config, options));
}

/** A model that was named, or added, is there to be used; the one in the box, which knows slides only, waits to be asked for. */
async function defaultEngine(config: Config): Promise<EngineName> {
  const isNamed = [config.model, config.interactiveModel, config.batchModel, config.longDocumentModel].some(Boolean);
  if (isNamed) return 'qwen3-vl';
  const folders = modelFolders(config).filter((folder) => existsSync(folder));
  if (folders.length === 0) return 'reader';
  const { InstalledModels } = await import('../src/model/installed-models.ts');
  const { models } = await new InstalledModels(folders).list();
  return models.some(({ kind, isShipped }) => kind === 'chat' && !isShipped) ? 'qwen3-vl' : 'reader';
}
