/**
 * Reads that end in time, also while Redis is down. A read that takes too long rejects for everyone who asks for it until it settles at
 * last, so that reads of the same thing never pile up.
 */
import { type Clock, within } from "@callgrid/core";

const mostMs = 3_000;

export class LimitedReads<Value> {
  readonly #clock: Clock;
  readonly #start: (name: string) => Promise<Value>;
  readonly #answers = new Map<string, Promise<Value>>();

  constructor(clock: Clock, start: (name: string) => Promise<Value>) {
    this.#clock = clock;
    this.#start = start;
  }

  /** What is read under that name, by a read that is under way if there is one. */
  read(name: string): Promise<Value> {
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    const reading = this.#start(name);
    const answer = inTime(this.#clock, reading);
    const end = (): void => void this.#answers.delete(name);
    this.#answers.set(name, answer);
    reading.then(end, end);
    return answer;
  }
}

/** What is read, or an error after three seconds. */
export async function inTime<Value>(clock: Clock, reading: Promise<Value>): Promise<Value> {
  const read = await within(
    clock,
    mostMs,
    reading.then((value) => ({ value })),
  );
  if (read === undefined) throw new Error("Redis does not answer");
  return read.value;
}
