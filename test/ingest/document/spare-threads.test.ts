import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { readDocument } from '../../../src/ingest/document/read-document.ts';
import { startSpareThread, takeThread } from '../../../src/ingest/document/spare-threads.ts';
import { makePdf, writeTemp } from './make-pdf.ts';

const spareThreads = new URL('../../../src/ingest/document/spare-threads.ts', import.meta.url);

it('hands out a spare thread once, and starts one where there is none', async () => {
  startSpareThread();
  const threads = [takeThread(), takeThread()];
  expect(new Set(threads.map(({ threadId }) => threadId)).size).toBe(2);
  await Promise.all(threads.map((thread) => thread.terminate()));
});

it('reads a PDF with a thread that was started before there was a file', async () => {
  startSpareThread();
  const file = writeTemp(makePdf({ pages: [{ texts: [[72, 100, 'The early thread catches the page.']] }] }));
  const { pages } = await readDocument(file, { ocr: 'off', getOcr: () => Promise.reject(new Error('OCR is off')) });
  expect(pages[0]!.text).toContain('early');
});

it('lets a program end that never needs its spare thread', async () => {
  const program = `const { startSpareThread } = await import('${spareThreads.href}'); startSpareThread(); console.log('done');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 60_000,
  });
  expect(stdout).toBe('done\n');
});
