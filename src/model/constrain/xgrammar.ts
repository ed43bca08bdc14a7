// Loads @mlc-ai/web-xgrammar (grammar matching compiled to WebAssembly, inside its one file). The package calls itself an ES
// module and ships a UMD bundle, which Node can't import; here it is run as the CommonJS that it is.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import type * as library from '@mlc-ai/web-xgrammar';

export type XGrammar = typeof library;

let loading: Promise<XGrammar> | undefined;

/** Why the library broke off last, in its own words; it would print them on the screen. */
let lastReason = '';

export function reasonOfXGrammar(): string {
  return lastReason;
}

/** What it is given in place of the console. */
const listener = {
  log: () => undefined,
  error: (line: unknown) => {
    // `[FATAL] /path/file.cc:1900: the reason`
    const reason = /^\[FATAL\] \S+:\d+: (.*)/.exec(String(line))?.[1];
    if (reason !== undefined) lastReason = reason.replace(/^Check failed: .* is false: /, '');
  },
};

/** The library, loaded at the first call: a megabyte that nobody else should wait for. */
export function loadXGrammar(): Promise<XGrammar> {
  loading ??= load();
  return loading;
}

/** After an abort the WebAssembly instance is unusable; the next call of loadXGrammar makes a new one. */
export function forgetXGrammar(): void {
  loading = undefined;
}

async function load(): Promise<XGrammar> {
  const path = fileURLToPath(import.meta.resolve('@mlc-ai/web-xgrammar'));
  // Compiled functions can't import; the bundle does so once, to make the `require` that it is given here anyway.
  const source = (await readFile(path, 'utf8')).replace("await import('module')", 'nodeModule');
  const names = ['exports', 'require', 'module', '__filename', '__dirname', 'nodeModule', 'console'];
  const factory = compileFunction(source, names, { filename: path }) as (...values: unknown[]) => void;
  const module = { exports: {} };
  const values = [module.exports, createRequire(path), module, path, dirname(path), { createRequire }, listener];
  factory.call(module.exports, ...values);
  const xgrammar = module.exports as XGrammar;
  // The first call of anything starts the WebAssembly; two first calls at once would start two that don't know each other.
  (await xgrammar.Grammar.builtinJSONGrammar()).dispose();
  return xgrammar;
}
