// Ctrl-C and SIGTERM end a run in order: the unit in flight is dropped, what is finished stays. A second Ctrl-C ends at once.
import { InterruptedError } from '../../errors.ts';
import { EXIT } from './exit.ts';

export function abortOnSignals(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(EXIT.interrupted);
      controller.abort(new InterruptedError());
    });
  }
  return controller;
}
