// Types, lint and format side by side: each takes one core and knows nothing of the others. What one of them says is printed when it
// has ended, so that no two mix.
import { spawn } from 'node:child_process';

const CHECKS = ['tsc --noEmit', 'eslint .', 'prettier --check --log-level warn .'];

const statuses = await Promise.all(
  CHECKS.map(
    (command) =>
      new Promise((resolve) => {
        const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
        const said = [];
        child.stdout.on('data', (bytes) => said.push(bytes));
        child.stderr.on('data', (bytes) => said.push(bytes));
        child.on('close', (status) => {
          process.stdout.write(`> ${command}\n`);
          process.stdout.write(Buffer.concat(said));
          resolve(status);
        });
      }),
  ),
);
if (statuses.some((status) => status !== 0)) process.exitCode = 1;
