// An executable `whisper-cli` in a folder of its own, and a model file for it.
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryFolder } from '../../helpers/lectern.ts';

const script = path.join(import.meta.dirname, 'programs', 'whisper-cli.ts');

export function installWhisper(modelName = 'ggml-base.bin'): { program: string; model: string; folder: string } {
  const folder = temporaryFolder('whisper');
  const program = path.join(folder, 'whisper-cli');
  writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(program, 0o755);
  const model = path.join(folder, modelName);
  writeFileSync(model, 'ggml');
  return { program, model, folder };
}
