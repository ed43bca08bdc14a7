// An answer's tokens on their way to text: whole characters, up to a stop string.
import { StopStrings } from '../qwen3-vl/stop-strings.ts';
import { StreamDecoder, type Tokenizer } from '../qwen3-vl/tokenizer.ts';

export class AnswerText {
  readonly tokenIds: number[] = [];
  readonly #decoder: StreamDecoder;
  readonly #stops: StopStrings;
  readonly #pieces: string[] = [];

  constructor(tokenizer: Tokenizer, stopStrings: readonly string[]) {
    this.#decoder = new StreamDecoder(tokenizer);
    this.#stops = new StopStrings(stopStrings);
  }

  /** True where the answer ends with this token, because a stop string does. */
  push(tokenId: number): boolean {
    this.tokenIds.push(tokenId);
    const piece = this.#stops.push(this.#decoder.push(tokenId));
    if (piece !== '') this.#pieces.push(piece);
    return this.#stops.isStopped;
  }

  /** What has become certain since it was last asked, in pieces. */
  take(): string[] {
    return this.#pieces.splice(0);
  }

  /** What was held back, once no token comes any more. */
  end(): string {
    return this.#stops.push(this.#decoder.end()) + this.#stops.end();
  }
}
