// Several models on one device that may not hold all of their weights at once. A request enters before it runs: where its model's
// weights are not there and don't fit beside the others, models that nobody uses are let go of first, and those in use finish what
// they do. Requests that wait are never lost; they run when their model's turn comes.
import type { Urgency } from './engine/device-turns.ts';

/** A model as far as its weights go. */
export interface Resident {
  readonly name: string;
  /** Bytes that it takes beside what is there, weights and a usual request. */
  roomNeeded(): Promise<number>;
  /** Bytes that are left where its weights would lie. */
  roomLeft(): Promise<number>;
  /** Lets go of the weights; nothing of it runs then. */
  unload(): Promise<void>;
}

/** A request that may run. Ends when it is disposed of. */
export interface Stay extends Disposable {
  /** To be called once the weights are loaded: until then nobody else's are, because memory would be counted twice. */
  loaded(): void;
}

interface Waiting {
  readonly resident: Resident;
  readonly urgency: Urgency;
  readonly since: number;
  readonly enter: (stay: Stay) => void;
}

export interface WeightsRoomOptions {
  /** Told of every model that goes to make room. */
  readonly onSwitch?: ((from: string, to: string) => void) | undefined;
  /** Bytes that all models together may take, where that is less than there are. */
  readonly limitBytes?: number | undefined;
  /** How long requests for the model that is there may go before one for another model, which costs loading it. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 60_000;

export class WeightsRoom {
  readonly #options: WeightsRoomOptions;
  /** Requests of each model whose weights are there, least recently used first. */
  readonly #here = new Map<Resident, number>();
  #waiting: Waiting[] = [];
  #loading: Promise<void> | undefined;
  #isChoosing = false;
  /** Something has changed since the last choice began. */
  #hasNews = false;

  constructor(options: WeightsRoomOptions = {}) {
    this.#options = options;
  }

  /** Waits until the model may run. Rejects with the signal's reason. */
  async enter(resident: Resident, urgency: Urgency, signal?: AbortSignal): Promise<Stay> {
    const entered = Promise.withResolvers<Stay>();
    const waiting = { resident, urgency, since: performance.now(), enter: entered.resolve };
    const giveUp = () => {
      if (!this.#waiting.includes(waiting)) return;
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
      entered.reject(signal!.reason);
    };
    signal?.throwIfAborted();
    signal?.addEventListener('abort', giveUp);
    this.#waiting.push(waiting);
    this.#choose();
    try {
      return await entered.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** The same for who would only be early: undefined where anybody would have to wait or to go for it. */
  async enterEarly(resident: Resident): Promise<Stay | undefined> {
    if (this.#isChoosing || this.#loading || this.#waiting.length > 0) return undefined;
    this.#isChoosing = true;
    try {
      const isHere = this.#here.has(resident);
      if (!isHere && (await resident.roomNeeded()) > (await this.#roomLeft(resident))) return undefined;
      return this.#letInOne(resident);
    } finally {
      // Whoever came meanwhile.
      void this.#chooseAll();
    }
  }

  #letInOne(resident: Resident): Stay {
    const users = this.#here.get(resident) ?? 0;
    this.#here.delete(resident);
    this.#here.set(resident, users + 1);
    return this.#stayOf(resident);
  }

  #stayOf(resident: Resident): Stay {
    const loaded = Promise.withResolvers<void>();
    this.#loading ??= loaded.promise.then(() => {
      this.#loading = undefined;
      this.#choose();
    });
    return {
      loaded: loaded.resolve,
      [Symbol.dispose]: () => {
        loaded.resolve();
        this.#here.set(resident, this.#here.get(resident)! - 1);
        this.#choose();
      },
    };
  }

  /** Lets in whoever may enter now; again whenever somebody comes, leaves, or has loaded. */
  #choose(): void {
    this.#hasNews = true;
    if (!this.#isChoosing) void this.#chooseAll();
  }

  async #chooseAll(): Promise<void> {
    this.#isChoosing = true;
    while (this.#hasNews) {
      this.#hasNews = false;
      await this.#letIn();
    }
    this.#isChoosing = false;
  }

  async #letIn(): Promise<void> {
    for (;;) {
      const next = this.#next();
      if (!next || !(await this.#hasRoom(next.resident))) return;
      // It may have given up meanwhile.
      if (!this.#waiting.includes(next)) continue;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      next.enter(this.#letInOne(next.resident));
    }
  }

  /** Who waits for an answer first; then whose model is there, unless somebody else has waited long enough; then who came first. */
  #next(): Waiting | undefined {
    const urgent = this.#waiting.filter(({ urgency }) => urgency === 'interactive');
    const queue = urgent.length > 0 ? urgent : this.#waiting;
    const [first] = queue;
    if (!first || performance.now() - first.since > (this.#options.patienceMs ?? PATIENCE_MS)) return first;
    return queue.find(({ resident }) => this.#here.has(resident)) ?? first;
  }

  /** Makes room for a model where that can be done now. */
  async #hasRoom(resident: Resident): Promise<boolean> {
    if (this.#here.has(resident)) return true;
    for (;;) {
      if (this.#loading) return false;
      if ((await resident.roomNeeded()) <= (await this.#roomLeft(resident))) return true;
      const idle = [...this.#here].find(([, users]) => users === 0)?.[0];
      // Alone, it is refused with its numbers or fits after all.
      if (!idle) return this.#here.size === 0;
      this.#here.delete(idle);
      await idle.unload();
      this.#options.onSwitch?.(idle.name, resident.name);
    }
  }

  async #roomLeft(resident: Resident): Promise<number> {
    const left = await resident.roomLeft();
    const { limitBytes } = this.#options;
    if (limitBytes === undefined) return left;
    const taken = await Promise.all([...this.#here.keys()].map((other) => other.roomNeeded()));
    return Math.min(left, limitBytes - taken.reduce((sum, bytes) => sum + bytes, 0));
  }
}
