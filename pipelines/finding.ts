// What `lectern doctor` finds out about one part.

/** `absent`: optional and not there; `broken`: needed and not working. */
export interface Finding {
  readonly status: 'ok' | 'absent' | 'broken';
  readonly message: string;
  /** What to do; empty where there is nothing to do. */
  readonly remedy: string;
}

export const ok = (message: string): Finding => ({ status: 'ok', message, remedy: '' });
export const absent = (message: string, remedy: string): Finding => ({ status: 'absent', message, remedy });
export const broken = (message: string, remedy: string): Finding => ({ status: 'broken', message, remedy });
