import { mkdir, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableMemory, totalMemory } from '../../src/model/machine-memory.ts';
import { scratchFolder } from './qwen3-vl/conformance.ts';

async function groupOf(files: Record<string, string>): Promise<string> {
  const root = await scratchFolder();
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'sys/fs/cgroup', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  return root;
}

describe('availableMemory', () => {
  it('is what a control group has left, its file pages counted as free', async () => {
    const root = await groupOf({
      'memory.max': '1000000\n',
      'memory.current': '900000\n',
      'memory.stat': 'anon 600000\ninactive_file 100000\nactive_file 50000\n',
    });
    expect(availableMemory(root)).toBe(250_000);
  });

  it('reads version 1 of control groups too', async () => {
    const root = await groupOf({
      'memory/memory.limit_in_bytes': '2000000',
      'memory/memory.usage_in_bytes': '500000',
      'memory/memory.stat': 'inactive_file 7\ntotal_inactive_file 100\n',
    });
    expect(availableMemory(root)).toBeGreaterThanOrEqual(1_500_000);
    expect(availableMemory(root)).toBeLessThanOrEqual(1_500_107);
  });

  it('is the machine’s free memory where there is no limit', async () => {
    const unlimited = await groupOf({ 'memory.max': 'max', 'memory.current': '5', 'memory.stat': '' });
    const absent = await scratchFolder();
    for (const root of [unlimited, absent]) {
      expect(Math.abs(availableMemory(root) - freemem())).toBeLessThan(freemem() / 2);
    }
  });
});

describe('totalMemory', () => {
  it('is the limit of a control group, of either version', async () => {
    expect(totalMemory(await groupOf({ 'memory.max': '1000000\n' }))).toBe(1_000_000);
    expect(totalMemory(await groupOf({ 'memory/memory.limit_in_bytes': '2000000' }))).toBe(2_000_000);
  });

  it('is the machine’s where there is no limit', async () => {
    expect(totalMemory(await groupOf({ 'memory.max': 'max' }))).toBe(totalmem());
    expect(totalMemory(await scratchFolder())).toBe(totalmem());
  });
});
