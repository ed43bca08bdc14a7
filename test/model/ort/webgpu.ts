// Whether tests can use WebGPU: a GPU's driver, or a software one such as Mesa's lavapipe from version 23 on.
import { DeviceUnavailableError } from '../../../src/model/ort/errors.ts';
import { Session } from '../../../src/model/ort/session.ts';
import { sumGraph } from './graphs.ts';

export async function isWebGpuThere(): Promise<boolean> {
  try {
    using _session = await Session.fromBytes(sumGraph(), { device: 'webgpu' });
    return true;
  } catch (error) {
    if (!(error instanceof DeviceUnavailableError)) throw error;
    console.log(`skipped: ${error.message.split('\n')[0]}`);
    return false;
  }
}
