// Lists a library as another user. Arguments: the library's folder, the user's number. Prints titles or an error code as JSON.
import { LecternError } from '../../../src/errors.ts';
import type { Library } from '../../../src/store/library.ts';
import { openLibrary, openLibraryToRead } from '../../../src/store/sqlite-library.ts';

const [folder, user] = process.argv.slice(2);
process.setuid!(Number(user));

async function attempt(opening: Promise<Library>) {
  try {
    await using library = await opening;
    return { titles: (await library.listSources()).map(({ title }) => title) };
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    return { code: error.code };
  }
}

console.log(
  JSON.stringify({
    reading: await attempt(openLibrary(folder!, { readonly: true })),
    writing: await attempt(openLibrary(folder!)),
    // As commands that only read do.
    either: await attempt(openLibraryToRead(folder!)),
  }),
);
