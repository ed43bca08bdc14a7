// What `lectern doctor` finds out about local models: which there are, and on what they can run. A device counts as working
// only when it has computed something.
import { constants, existsSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { modelFolders, snapshotSettings } from '../src/config-folders.ts';
import { type Config } from '../src/config.ts';
import { toErrorDetail } from '../src/errors.ts';
import { readCards } from '../src/model/cards.ts';
import { listSnapshots } from '../src/model/engine/snapshot-folder.ts';
import { chooseRuntimeDevice } from '../src/model/engine/runtime.ts';
import { InstalledModels } from '../src/model/installed-models.ts';
import { findCudaLibraries } from '../src/model/ort/cuda-libraries.ts';
import { hasGpu } from '../src/model/ort/device.ts';
import { native } from '../src/model/ort/native.ts';
import { cudaProviderRemedy, missingCudaProviderFile } from '../src/model/ort/providers.ts';
import { absent, broken, ok, type Finding } from './finding.ts';
import { chooseModels, modelMemory, REQUEST_KINDS, sentenceOf } from './model-rules.ts';

export async function checkModels(config: Config): Promise<Finding> {
  const installed = new InstalledModels(modelFolders(config));
  const { models, damaged, defaultName } = await installed.list();
  const chosen = config.model ?? defaultName;
  const names = models.map(({ name, weights }) => `${name} (${weights}${name === chosen ? ', default' : ''})`);
  if (damaged.length > 0) {
    const message = damaged.map(({ error }) => error.message).join('; ');
    return broken(message, 'Add it again with lectern models add, or lectern models remove NAME.');
  }
  for (const setting of ['model', ...REQUEST_KINDS.map((kind) => `${kind}Model` as const)] as const) {
    const name = config[setting];
    if (name === undefined || models.some((model) => model.name === name)) continue;
    const isReleased = (await readCards()).some((card) => card.name === name && card.repository !== undefined);
    const command = isReleased ? `lectern models pull ${name}` : `lectern models add FOLDER --as ${name}`;
    const remedy = `Change the setting ${setting}, or run ${command}. Installed: ${names.join(', ')}`;
    return broken(`${name} is set as the ${setting} and not installed`, remedy);
  }
  const choices = await chooseModels(installed, config, () => modelMemory(config));
  const areSeveral = new Set(REQUEST_KINDS.map((kind) => choices[kind].installed.name)).size > 1;
  const sentences = areSeveral ? REQUEST_KINDS.map((kind) => sentenceOf(kind, choices[kind])) : [];
  return ok([`${names.join(', ')}${areSeveral ? '.' : ''}`, ...sentences].join(' '));
}

/** What models have read and need not read again. */
export async function checkSnapshots(config: Config): Promise<Finding> {
  const settings = snapshotSettings(config);
  if (!settings) {
    return absent(
      'switched off',
      'Set snapshotGB above 0, so that questions after a restart need not read a source again.',
    );
  }
  const { folder, maxBytes, format } = settings;
  let files: Awaited<ReturnType<typeof listSnapshots>>;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
    files = await listSnapshots(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return absent(
      `${folder} can't be used: ${code ?? String(error)}`,
      'Set snapshots to a folder that can be written, or snapshotGB to 0.',
    );
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const used = `${(bytes / 1e9).toFixed(1)} of ${maxBytes / 1e9} GB used`;
  return ok(`${folder}, ${files.length} kept (${format}), ${used}`);
}

export async function checkOnnxRuntime(): Promise<Finding> {
  await chooseRuntimeDevice('cpu');
  return ok(`ONNX Runtime ${native().version}, cpu`);
}

export async function checkCuda(): Promise<Finding> {
  if (process.platform === 'darwin') return absent('not on macOS', '');
  if (process.platform === 'linux' && !existsSync('/proc/driver/nvidia/version')) {
    return absent(
      'no NVIDIA driver',
      'Where there is an NVIDIA card, install its driver; otherwise nothing is missing.',
    );
  }
  const file = missingCudaProviderFile();
  if (file !== undefined) return absent(`${file} does not exist`, cudaProviderRemedy());
  const libraries = process.platform === 'linux' ? findCudaLibraries() : [];
  const missing = libraries.filter(({ paths }) => paths.length === 0).map(({ name }) => name);
  const found = [...new Set(libraries.flatMap(({ paths }) => paths.slice(0, 1)))];
  const failure = await failureOf('cuda');
  if (failure === undefined) return ok(`works, with ${found.join(', ') || 'its libraries'}`);
  if (missing.length === 0) return absent(failure.message, failure.remedy);
  return absent(
    `${missing.join(', ')} not found: ${failure.message}`,
    'Install the CUDA toolkit and cuDNN 9, or a PyTorch of the same CUDA version (pip install torch), whose libraries are found; or name their folder in LECTERN_CUDA_LIBRARIES.',
  );
}

export async function checkWebGpu(): Promise<Finding> {
  const failure = hasGpu() ? await failureOf('webgpu') : { message: 'no GPU', remedy: '' };
  if (failure === undefined) return ok('works');
  const remedy =
    process.platform === 'linux'
      ? "Where there is a GPU, install libvulkan1 and its vendor's driver (Debian: libvulkan1 mesa-vulkan-drivers); otherwise nothing is missing."
      : failure.remedy;
  return absent(failure.message, remedy);
}

async function failureOf(device: 'cuda' | 'webgpu') {
  return chooseRuntimeDevice(device).then(
    () => undefined,
    (error: unknown) => toErrorDetail(error),
  );
}
