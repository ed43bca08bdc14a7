// Saves sources with names of its own. Arguments: the library's folder, a name, how many. Prints the number saved, or the code of
// the error that stopped it, as JSON.
import { LecternError } from '../../../src/errors.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';
import { eventsOf, sourceOf } from '../fixture.ts';

const [folder, name, count] = process.argv.slice(2);
let saved = 0;
try {
  await using library = await openLibrary(folder!);
  for (; saved < Number(count); saved++) {
    const source = sourceOf(`${name}-${saved}`);
    await library.rememberPath(source.path, source.contentHash, 1, 2);
    await library.putArtifact(`ocr/${source.id}`, source.contentHash, 'ocr', new TextEncoder().encode(source.id));
    const texts = Array.from({ length: 50 }, (_, i) => `shared ${name} number${saved} row${i}`);
    await library.saveSource(source, eventsOf(...texts));
  }
  console.log(JSON.stringify({ saved }));
} catch (error) {
  if (!(error instanceof LecternError)) throw error;
  console.log(JSON.stringify({ saved, code: error.code, remedy: error.remedy }));
}
