// Reads the documents named on the command line, one after the other, and prints one JSON line each: what a file came to.
// Run as a process of its own, so that everything a library prints, and how the process ends, can be seen.
import { createOcr } from '../../../../src/ingest/ocr/ocr.ts';
import { readDocument } from '../../../../src/ingest/document/read-document.ts';
import { toErrorDetail } from '../../../../src/errors.ts';

const [ocr, ...paths] = process.argv.slice(2);
await using engine = ocr === 'auto' ? await createOcr() : undefined;
for (const path of paths) {
  let outcome: object;
  try {
    const read = await readDocument(path, {
      ocr: engine ? 'auto' : 'off',
      getOcr: async () => engine!,
    });
    outcome = { info: read.info, pages: read.pages, warnings: read.warnings };
  } catch (error) {
    outcome = { error: toErrorDetail(error) };
  }
  console.log(JSON.stringify({ path, ...outcome }));
}
