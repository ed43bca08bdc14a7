// Chooses the device: CUDA where there is an NVIDIA card and its provider, WebGPU where there is another GPU, else the CPU,
// and says for each that was passed over why.
import { existsSync, readdirSync } from 'node:fs';
import { toErrorDetail } from '../../errors.ts';
import { DeviceUnavailableError } from './errors.ts';
import type { Device } from './providers.ts';
import { Session } from './session.ts';
import { Tensor } from './tensor.ts';

export interface DeviceChoice {
  readonly device: Device;
  /** Why this one: a sentence for the log. */
  readonly reason: string;
  /** Devices that were tried before it, and why each was not taken. */
  readonly fallbacks: readonly { readonly device: Device; readonly reason: string }[];
}

/**
 * `auto` tries cuda, webgpu, cpu in this order. A device asked for by name is used or refused (DeviceUnavailableError), never
 * silently replaced. `probe` is a graph of one operator, float32[1] `x` to `y`, which proves that a device runs graphs at all.
 */
export async function chooseDevice(wanted: Device | 'auto', probe: Uint8Array): Promise<DeviceChoice> {
  if (wanted !== 'auto') {
    const refusal = await tryDevice(wanted, probe);
    if (refusal) throw refusal;
    return { device: wanted, reason: 'asked for by name', fallbacks: [] };
  }
  const fallbacks: { device: Device; reason: string }[] = [];
  for (const device of ['cuda', 'webgpu'] as const) {
    const refusal = device === 'webgpu' && !hasGpu() ? noGpu() : await tryDevice(device, probe);
    if (!refusal) return { device, reason: 'the fastest device that works here', fallbacks };
    fallbacks.push({ device, reason: refusal.message });
  }
  return { device: 'cpu', reason: 'no GPU can be used', fallbacks };
}

/** Vulkan's loader and its drivers write to stderr what they miss, so they are not asked where there is nothing to find. */
export function hasGpu(): boolean {
  return process.platform !== 'linux' || namesGpu(readdirSync('/dev'));
}

/** Whether there is a GPU among the entries of /dev: a graphics card, NVIDIA's own, WSL's, or a phone's. */
export function namesGpu(entries: readonly string[]): boolean {
  return entries.some((name) => /^(?:dri|nvidia\d+|dxg|kgsl-3d\d+|mali\d+)$/.test(name));
}

function noGpu(): DeviceUnavailableError {
  return new DeviceUnavailableError('webgpu', 'there is no GPU on this machine', 'Use --device cpu.');
}

/** Undefined when the device runs the probe, else why it doesn't. */
async function tryDevice(device: Device, probe: Uint8Array): Promise<DeviceUnavailableError | undefined> {
  if (device === 'cuda' && process.platform === 'linux' && !existsSync('/proc/driver/nvidia/version')) {
    return new DeviceUnavailableError(
      'cuda',
      'there is no NVIDIA driver on this machine',
      'Install the NVIDIA driver, or use --device webgpu or cpu.',
    );
  }
  try {
    using session = await Session.fromBytes(probe, { device });
    using x = Tensor.over('float32', [1], Float32Array.of(1));
    using y = Tensor.zeros('float32', [1]);
    await session.run({ x }, { y });
    return undefined;
  } catch (error) {
    if (error instanceof DeviceUnavailableError) return error;
    const { message, remedy } = toErrorDetail(error);
    return new DeviceUnavailableError(device, message, remedy, error);
  }
}
