// Progress of one long command on stderr: a bar on a terminal, JSON Lines like those of an index run elsewhere, nothing with --quiet.
import cliProgress from 'cli-progress';
import type { CommonOptions } from './common.ts';

/** At most this many progress lines a second for a stage; its last one always gets through. */
const INTERVAL_MS = 1000;

export class StageProgress implements Disposable {
  readonly #source: string;
  readonly #mode: 'bar' | 'lines' | 'none';
  #bar: cliProgress.SingleBar | undefined;
  #stage = '';
  #lastAt = -Infinity;

  constructor(source: string, options: CommonOptions) {
    this.#source = source;
    this.#mode = options.quiet ? 'none' : process.stderr.isTTY && !options.json ? 'bar' : 'lines';
  }

  update(stage: string, done: number, total: number): void {
    if (this.#mode === 'lines') this.#line(stage, done, total);
    else if (this.#mode === 'bar') this.#draw(stage, done, total);
  }

  #line(stage: string, done: number, total: number): void {
    const now = performance.now();
    if (stage === this.#stage && done < total && now - this.#lastAt < INTERVAL_MS) return;
    this.#stage = stage;
    this.#lastAt = now;
    process.stderr.write(`${JSON.stringify({ type: 'progress', source: this.#source, stage, done, total })}\n`);
  }

  #draw(stage: string, done: number, total: number): void {
    if (!this.#bar) {
      const format = '{stage}  {bar} {percentage}%  {eta_formatted} left';
      const options = { format, hideCursor: true, clearOnComplete: true, barsize: 24, stream: process.stderr };
      this.#bar = new cliProgress.SingleBar(options, cliProgress.Presets.shades_classic);
    }
    if (stage !== this.#stage) this.#bar.start(total, 0, { stage });
    this.#stage = stage;
    this.#bar.update(done, { stage });
    if (done >= total) this.clear();
  }

  /** Takes the bar off the screen, before other text. */
  clear(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#stage = '';
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
