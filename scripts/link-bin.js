// `npx lectern …` in a checkout, with no build step: npm links the bins of dependencies only, so the project links its own.
// Not a symbolic link to the script's text but a real one, so Node resolves it outside node_modules, where it strips types.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const binFolder = path.join(root, 'node_modules', '.bin');
if (existsSync(path.join(root, 'node_modules'))) {
  mkdirSync(binFolder, { recursive: true });
  const link = path.join(binFolder, 'lectern');
  rmSync(link, { force: true });
  if (process.platform === 'win32') writeFileSync(`${link}.cmd`, '@node "%~dp0\\..\\..\\bin\\lectern.js" %*\r\n');
  else symlinkSync(path.join('..', '..', 'bin', 'lectern.js'), link);
}
