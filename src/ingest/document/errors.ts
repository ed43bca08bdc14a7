// What can be wrong with a document as a whole. Each is one sentence with a remedy; what is wrong with one page is a
// warning beside the pages that could be read, never an error.
import { InputError } from '../../errors.ts';

/** The file is encrypted and opens with no empty password. */
export class PasswordNeededError extends InputError {
  readonly path: string;

  constructor(path: string) {
    super(`${path} is encrypted and needs a password to open.`, {
      code: 'PASSWORD_NEEDED',
      remedy: 'Give its password (--password), or save an unprotected copy and index that.',
    });
    this.path = path;
  }
}

/** A password was given, and it is not this file's. */
export class PasswordWrongError extends InputError {
  readonly path: string;

  constructor(path: string) {
    super(`The password given does not open ${path}.`, {
      code: 'PASSWORD_WRONG',
      remedy: 'Check the password (upper and lower case matter) and give it again.',
    });
    this.path = path;
  }
}

/** Not readable as the kind of document that its name or first bytes claim. */
export class DocumentUnreadableError extends InputError {
  readonly path: string;

  constructor(
    path: string,
    reason: string,
    remedy = 'Open it in a viewer to see whether it is complete, then download or export it again.',
    cause?: unknown,
  ) {
    super(`${path} can't be read: ${reason}.`, { code: 'DOCUMENT_UNREADABLE', remedy, cause });
    this.path = path;
  }
}

/** A file with no byte in it. */
export class DocumentEmptyError extends InputError {
  readonly path: string;

  constructor(path: string) {
    super(`${path} is empty (0 bytes).`, {
      code: 'DOCUMENT_EMPTY',
      remedy: 'Copy or download the file again; this one holds nothing.',
    });
    this.path = path;
  }
}

/** A well-formed document without a page. */
export class NoPagesError extends InputError {
  readonly path: string;

  constructor(path: string) {
    super(`${path} has 0 pages.`, {
      code: 'NO_PAGES',
      remedy: 'Export the document again; this file has none of its pages.',
    });
    this.path = path;
  }
}
