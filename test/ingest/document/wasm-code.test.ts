// Code that V8 made of a WebAssembly module: kept by one process, taken by the next, and never where it is not this module's.
import { mkdtempSync, readFileSync, existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WasmCode } from '../../../src/ingest/document/wasm-code.ts';

/** A module whose function `add` adds two 32-bit integers; `name` is four letters in a section that does nothing. */
function adder(name = 'here'): Uint8Array {
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const type = [1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f];
  const exported = [7, 7, 1, 3, ...Buffer.from('add'), 0, 0];
  const body = [10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b];
  return new Uint8Array([...header, ...type, 3, 2, 1, 0, ...exported, ...body, 0, 5, 4, ...Buffer.from(name)]);
}

type Add = (a: number, b: number) => number;

async function addOf(code: WasmCode): Promise<Add> {
  const instance = await new Promise<object>((resolve) => code.instantiate({}, resolve));
  return (instance as { exports: { add: Add } }).exports.add;
}

/** Keeps the code of an adder once V8 has optimised it, which it does on another thread. */
async function keepOptimised(code: WasmCode, file: string): Promise<void> {
  const add = await addOf(code);
  while (!existsSync(file)) {
    for (let i = 0; i < 1e6; i++) add(i, i);
    await setImmediate();
    code.keep(add);
  }
}

const newFile = () => join(mkdtempSync(join(tmpdir(), 'wasm-code-')), 'kept');

test('what one has kept is taken by the next, and computes the same', async () => {
  const file = newFile();
  const first = new WasmCode(adder(), file);
  expect(first.wasKept).toBe(false);
  await keepOptimised(first, file);
  const second = new WasmCode(adder(), file);
  expect(second.wasKept).toBe(true);
  expect((await addOf(second))(2, 3)).toBe(5);
});

test('code that has not been optimised, or has no place, is not kept', async () => {
  const file = newFile();
  // V8 shares what it has of a module with all that are made of the same bytes.
  const code = new WasmCode(adder('cold'), file);
  code.keep(await addOf(code));
  expect(existsSync(file)).toBe(false);
  const placeless = new WasmCode(adder(), undefined);
  placeless.keep(await addOf(placeless));
});

test('code of another module, code that was cut off and bytes that are none are compiled anew', async () => {
  const file = newFile();
  await keepOptimised(new WasmCode(adder(), file), file);
  const kept = readFileSync(file);
  expect(new WasmCode(adder('else'), file).wasKept).toBe(false);
  for (const bytes of [kept.subarray(0, -1), kept.subarray(0, 40), Buffer.alloc(kept.length), Buffer.from('no code')]) {
    writeFileSync(file, bytes);
    const code = new WasmCode(adder(), file);
    expect(code.wasKept).toBe(false);
    expect((await addOf(code))(2, 3)).toBe(5);
  }
});
