// Lists a library as another user. Arguments: the library's folder, the user's number. Prints titles or an error code as JSON.
import { LecternError } from '../../../src/errors.ts';
import { openLibrary } from '../../../src/store/sqlite-library.ts';

const [folder, user] = process.argv.slice(2);
process.setuid!(Number(user));

async function attempt(readonly: boolean) {
  try {
    await using library = await openLibrary(folder!, { readonly });
    return { titles: (await library.listSources()).map(({ title }) => title) };
  } catch (error) {
    if (!(error instanceof LecternError)) throw error;
    return { code: error.code };
  }
}

console.log(JSON.stringify({ reading: await attempt(true), writing: await attempt(false) }));
