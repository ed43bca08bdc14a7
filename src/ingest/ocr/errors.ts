// What keeps the OCR engine from starting.
import { LecternError } from '../../errors.ts';

/** A language is asked for whose data is not installed. */
export class OcrLanguageMissingError extends LecternError {
  readonly lang: string;

  constructor(lang: string) {
    super(`There is no OCR data for the language "${lang}" here.`, {
      code: 'OCR_LANGUAGE_MISSING',
      remedy: `Run \`npm install @tesseract.js-data/${lang}\`, or name one that is installed (three-letter codes: eng, deu, fra, jpn, chi_sim).`,
    });
    this.lang = lang;
  }
}

/** The engine did not start, or its worker died. */
export class OcrEngineError extends LecternError {
  constructor(reason: string, cause?: unknown) {
    super(`The OCR engine failed: ${reason}.`, {
      code: 'OCR_ENGINE',
      remedy: 'Run `npm ci` again to restore its files, or index without OCR (`--ocr off`).',
      cause,
    });
  }
}
