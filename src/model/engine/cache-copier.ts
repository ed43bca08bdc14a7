// Which way slots of caches move on a device: as arrays, through graphs, or besides through page-locked memory.
import type { DataType } from '../ort/data-type.ts';
import type { Device } from '../ort/providers.ts';
import type { Session } from '../ort/session.ts';
import { ArrayCopier } from './array-copier.ts';
import { CudaCopier } from './cuda-copier.ts';
import { GraphCopier } from './graph-copier.ts';
import type { CacheCopier } from './slot-runs.ts';

/** `type` is the cache's; `allocator`: the session whose caches they are. Rejects with OrtError. */
export async function cacheCopierFor(device: Device, type: DataType, allocator: Session): Promise<CacheCopier> {
  if (device === 'cpu') return new ArrayCopier();
  const graphs = await GraphCopier.make(device, type, allocator);
  return device === 'cuda' ? new CudaCopier(graphs) : graphs;
}
