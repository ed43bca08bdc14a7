#!/usr/bin/env node
// The start-up guard: plain JavaScript, so that a Node too old for TypeScript still prints a sentence instead of a stack.
import module from 'node:module';
import v8 from 'node:v8';

// Node.js 24 is the first that knows `using`.
if (parseInt(process.versions.node) < 24) {
  const message = `Lectern needs Node.js 24 or newer; this is Node.js ${process.versions.node} (${process.execPath}).`;
  const remedy =
    'Run it through npm, which puts the bundled Node.js 24 first: npx lectern …  (after npm ci), or install a newer Node.js.';
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ error: { code: 'NODE_TOO_OLD', message, remedy } })}\n`);
  } else process.stderr.write(`${message}\n${remedy}\n`);
  process.exit(1);
}
module.enableCompileCache?.();
// A thread that will read the PDF starts while everything else is loaded, with room for new objects that it need not grow into.
if (process.argv[2] === 'index' && process.argv.some((arg) => /\.pdf$/i.test(arg))) {
  v8.setFlagsFromString('--min-semi-space-size=16');
  const { startSpareThread } = await import('../src/ingest/document/spare-threads.ts');
  startSpareThread();
}
const { main } = await import('../src/surfaces/cli/main.ts');
const status = await main(process.argv.slice(2));
process.exitCode = status;
// What was interrupted has been let go of in order by now; what nobody waits for any more is not waited for here.
if (status === 130) process.exit();
