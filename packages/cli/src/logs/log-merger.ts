/**
 * Makes one time-ordered stream of several logs that are nearly in order each: lines of several processes in one file are written a
 * little late now and then, so each log is read some records ahead and sorted within those.
 */
import type { LogRecord } from "./log-records.ts";

/** How many records of each log are looked ahead: what is late by more comes late. */
const lookAhead = 1_000;

/** Reads all logs at once, and no further than it has to. */
export async function* mergeLogs(logs: ReadonlyArray<AsyncIterable<LogRecord>>): AsyncGenerator<LogRecord> {
  const sources = logs.map((log) => new SortedAhead(log));
  for (;;) {
    await Promise.all(sources.map((source) => source.fill()));
    const earliest = sources.reduce((one, other) => (other.nextTime < one.nextTime ? other : one), sources[0] ?? none);
    const record = earliest.take();
    if (record === undefined) return;
    yield record;
  }
}

class SortedAhead {
  readonly #records: AsyncIterator<LogRecord>;
  /** By time, the latest first, so that taking the earliest is cheap; equal ones keep their order. */
  readonly #ahead: LogRecord[] = [];
  #isAtEnd = false;

  constructor(log: AsyncIterable<LogRecord>) {
    this.#records = log[Symbol.asyncIterator]();
  }

  get nextTime(): number {
    return this.#ahead.at(-1)?.time ?? Number.POSITIVE_INFINITY;
  }

  async fill(): Promise<void> {
    while (!this.#isAtEnd && this.#ahead.length < lookAhead) {
      const { value, done } = await this.#records.next();
      if (done === true) this.#isAtEnd = true;
      else this.#insert(value);
    }
  }

  take(): LogRecord | undefined {
    return this.#ahead.pop();
  }

  /** Nearly always at the front, since a log is nearly in order. */
  #insert(record: LogRecord): void {
    let at = 0;
    while (at < this.#ahead.length && (this.#ahead[at]?.time ?? 0) > record.time) at += 1;
    this.#ahead.splice(at, 0, record);
  }
}

const none = new SortedAhead(
  (async function* () {
    // the merger of no logs
  })(),
);
