// Finds NVIDIA's libraries that the CUDA provider links to (cuBLAS, cuDNN, …) where PyTorch and the CUDA toolkit put them,
// and loads them first: the dynamic loader then resolves the provider's needs by name, with no environment variable to set.
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { loadForGood } from './native.ts';

/** In the order in which they need each other. */
const libraryNames = [
  'libcudart.so.1[23]',
  'libnvJitLink.so.1[23]',
  'libcublasLt.so.1[23]',
  'libcublas.so.1[23]',
  'libcurand.so.10',
  'libcufft.so.1[12]',
  'libcudnn.so.9',
];

/** Folders that may hold CUDA libraries, most specific first; LECTERN_CUDA_LIBRARIES goes before all. */
function candidateFolders(): string[] {
  const environment = process.env;
  const listed = [environment['LECTERN_CUDA_LIBRARIES'], environment['LD_LIBRARY_PATH']]
    .flatMap((list) => list?.split(':') ?? [])
    .filter((folder) => folder !== '');
  const pythonRoots = [
    environment['VIRTUAL_ENV'],
    environment['CONDA_PREFIX'],
    '/opt/conda',
    '/usr/local',
    '/usr',
    join(homedir(), '.local'),
    join(homedir(), '.pyenv/versions/*'),
  ].filter((root) => root !== undefined);
  const pythonFolders = pythonRoots.flatMap((root) => [
    join(root, 'lib/python3*/site-packages/nvidia/*/lib'),
    join(root, 'lib/python3*/dist-packages/nvidia/*/lib'),
  ]);
  return [...listed, ...pythonFolders, '/usr/local/cuda*/lib64', '/usr/lib/x86_64-linux-gnu', '/usr/lib64'];
}

export interface CudaLibrary {
  /** File name with a pattern where two major versions will do: a provider links to one of them. */
  readonly name: string;
  /** Every file found for it, the preferred folder's first. */
  readonly paths: readonly string[];
}

/** The CUDA libraries the provider may need, with what was found of each. For doctor, and for loading. */
export function findCudaLibraries(): CudaLibrary[] {
  const folders = candidateFolders();
  return libraryNames.map((name) => {
    const paths = new Map<string, string>();
    for (const path of folders.flatMap((folder) => globSync(join(folder, name)))) {
      if (!paths.has(basename(path))) paths.set(basename(path), path);
    }
    return { name, paths: [...paths.values()] };
  });
}

let preloaded = false;

/** Loads what is found for the whole process. What is not found is left for the provider to name in its own error. */
export function preloadCudaLibraries(): void {
  if (preloaded || process.platform !== 'linux') return;
  preloaded = true;
  for (const path of findCudaLibraries().flatMap(({ paths }) => paths)) loadForGood(path, true);
}
