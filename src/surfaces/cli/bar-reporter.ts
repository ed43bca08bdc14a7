// An index run on a terminal: a bar with an ETA for each source under way, a line for each that is done.
import path from 'node:path';
import cliProgress from 'cli-progress';
import type { IndexOutcome, IndexReport } from '../../../pipelines/index-sources.ts';
import {
  onScreen,
  outcomeLine,
  sourceLine,
  warningLine,
  type IndexReporter,
  type ProgressReport,
} from './index-report.ts';
import { print } from './print.ts';
import { inLine } from './style-text.ts';

export class BarReporter implements IndexReporter {
  /** By source and stage. */
  readonly #bars = new Map<string, Map<string, cliProgress.SingleBar>>();
  readonly #multi = new cliProgress.MultiBar(
    {
      format: '{name}  {bar} {percentage}%  {stage}  {eta_formatted} left',
      hideCursor: true,
      clearOnComplete: true,
      linewrap: false,
      barsize: 24,
      etaBuffer: 40,
      stream: process.stderr,
    },
    cliProgress.Presets.shades_classic,
  );

  report(event: IndexReport): void {
    if (event.type === 'progress') this.#advance(event);
    else if (event.type === 'warning') this.#multi.log(onScreen(`${warningLine(event)}\n`));
    else {
      this.#dropBarsOf(event.path);
      this.#multi.log(onScreen(`${sourceLine(event)}\n`));
    }
  }

  /** A bar for each stage of a source that is under way: some go on side by side, and each has its own ETA. */
  #advance({ source, stage, done, total }: ProgressReport): void {
    const bars = this.#bars.get(source) ?? new Map<string, cliProgress.SingleBar>();
    this.#bars.set(source, bars);
    const name = inLine(path.basename(source).slice(0, 32).padEnd(32));
    let bar = bars.get(stage);
    if (!bar) {
      this.#dropFinished(bars);
      bar = this.#multi.create(total, 0, { name, stage });
      bars.set(stage, bar);
    }
    bar.setTotal(total);
    bar.update(done, { name, stage });
  }

  #dropFinished(bars: Map<string, cliProgress.SingleBar>): void {
    for (const [stage, bar] of bars) {
      if (bar.getProgress() < 1) continue;
      this.#multi.remove(bar);
      bars.delete(stage);
    }
  }

  #dropBarsOf(source: string): void {
    for (const bar of this.#bars.get(source)?.values() ?? []) this.#multi.remove(bar);
    this.#bars.delete(source);
  }

  finish(outcome: IndexOutcome): void {
    this[Symbol.dispose]();
    print(outcomeLine(outcome));
  }

  [Symbol.dispose](): void {
    // Lines that were logged are drawn with the next update, and stopping drops them.
    this.#multi.update();
    this.#multi.stop();
  }
}
