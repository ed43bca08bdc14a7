// A caption file that gives no captions. One sentence for the user; the rest of the batch goes on.
import { InputError } from '../../errors.ts';

export class CaptionFileError extends InputError {
  readonly path: string;

  constructor(path: string, what: string, remedy: string, cause?: unknown) {
    super(`${path}: ${what}`, { code: 'CAPTIONS_UNREADABLE', remedy, cause });
    this.path = path;
  }
}
