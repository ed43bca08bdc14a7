// The error base. Every error a user can meet says what happened (with the values), and what can be done about it.
// Subclasses live in the room that throws them; surfaces translate once, from `code` to an exit status or an HTTP answer.

export interface ErrorDetail {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface LecternErrorOptions {
  /** Stable, upper-case identifier that scripts may match, such as `FFMPEG_NOT_FOUND`. */
  readonly code: string;
  /** What the reader can do now: one sentence, imperative. */
  readonly remedy: string;
  readonly cause?: unknown;
}

export class LecternError extends Error {
  readonly code: string;
  readonly remedy: string;

  constructor(message: string, { code, remedy, cause }: LecternErrorOptions) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = remedy;
  }

  toDetail(): ErrorDetail {
    return { code: this.code, message: this.message, remedy: this.remedy };
  }
}

/** A command line, query or configuration that can't be understood. Surfaces exit with status 2. */
export class UsageError extends LecternError {
  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { code: 'USAGE', remedy, cause });
  }
}

/** An input that can't be read as what it claims to be. One sentence; the rest of the batch goes on. */
export class InputError extends LecternError {}

/** Ctrl-C or SIGTERM. Surfaces exit with status 130. */
export class InterruptedError extends LecternError {
  constructor() {
    super('Interrupted; what was finished is kept', {
      code: 'INTERRUPTED',
      remedy: 'Run the same command again to go on from there.',
    });
  }
}

/** An error as it was thrown in a worker thread: what crosses is its fields, and not its class. */
export function errorFromThread(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LecternError) return error;
  const { code, remedy } = error as Partial<LecternError>;
  return code !== undefined && remedy !== undefined
    ? new LecternError(error.message, { code, remedy, cause: error })
    : error;
}

/** Any thrown value as an ErrorDetail; what is not ours is reported as an internal error with its message. */
export function toErrorDetail(error: unknown): ErrorDetail {
  if (error instanceof LecternError) return error.toDetail();
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'INTERNAL',
    message,
    remedy: 'This is a defect in Lectern; please report it with the command you ran.',
  };
}

/** An assumption of ours that must hold; never a user's mistake. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}
