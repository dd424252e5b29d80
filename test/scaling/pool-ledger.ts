/** What one pool was asked for: operations by kind, messages, commands and touches of keys; and the busiest second of each key. */
import { type KeyKind, poolKeys, Tally } from "./tally.ts";

const secondMs = 1_000;

/** The key of a pool that was touched most in some second. */
export interface HotKey {
  readonly pool: string;
  readonly key: KeyKind;
  readonly perSecond: number;
}

export class PoolLedger {
  readonly tally = new Tally();
  /** How often each operation was made. */
  readonly operations = new Map<string, number>();
  /** What went over the network: calls, replies, and reads of inboxes that found something. */
  messages = 0;
  /** Commands of the busiest second. */
  mostCommands = 0;
  readonly #pool: string;
  readonly #touchesBefore = new Map<KeyKind, number>();
  readonly #mostTouches = new Map<KeyKind, number>();
  #commandsBefore = 0;
  #secondEndsMs: number;

  constructor(pool: string, nowMs: number) {
    this.#pool = pool;
    this.#secondEndsMs = nowMs + secondMs;
  }

  noteOperation(operation: string, nowMs: number): void {
    this.lookAt(nowMs);
    this.operations.set(operation, (this.operations.get(operation) ?? 0) + 1);
    this.messages += 2;
  }

  get hottest(): HotKey {
    let hottest: HotKey = { pool: this.#pool, key: "queue-of-pool", perSecond: 0 };
    for (const [key, perSecond] of this.#mostTouches)
      if (perSecond > hottest.perSecond) hottest = { pool: this.#pool, key, perSecond };
    return hottest;
  }

  /** Ends the seconds that are over. */
  lookAt(nowMs: number): void {
    if (nowMs < this.#secondEndsMs) return;
    while (nowMs >= this.#secondEndsMs) this.#secondEndsMs += secondMs;
    this.mostCommands = Math.max(this.mostCommands, this.tally.commands - this.#commandsBefore);
    this.#commandsBefore = this.tally.commands;
    for (const key of poolKeys) {
      const touches = this.tally.touches(key);
      const inSecond = touches - (this.#touchesBefore.get(key) ?? 0);
      this.#touchesBefore.set(key, touches);
      this.#mostTouches.set(key, Math.max(inSecond, this.#mostTouches.get(key) ?? 0));
    }
  }
}
