/**
 * Operations that stop midway, as a script does that Redis stops: their next write is refused, and everything written before stays. What is
 * one write on Redis is one here, such as a claim, a record, or an entry of a queue. Tables that are counted along (functions, counters) are
 * written together with what they are counted from: on Redis alone they can differ.
 */
import { GridError } from "@callgrid/core";
import type { MemoryPool, PoolRecords, RequestRecord } from "@callgrid/statekeeper";

type Queue = PoolRecords["queue"];

/** What of a record has an entry or a text of its own on Redis; the rest is written along with these. */
const writtenFields: ReadonlySet<unknown> = new Set(["owner", "places"] satisfies Array<keyof RequestRecord>);

export class MidwayStops {
  readonly #prepared = new WeakSet<object>();
  #writesLeft = Number.POSITIVE_INFINITY;
  /** Whether a write is under way, of which others are parts. */
  #isWriting = false;

  /** Runs an operation that is refused what it writes after so much. Returns whether it wanted to write more. */
  stop<Reply>(
    pool: MemoryPool,
    writes: number,
    run: () => Reply,
  ): { readonly reply: Reply; readonly isStopped: boolean } {
    this.#prepare(pool.records);
    this.#writesLeft = writes;
    const reply = run();
    const isStopped = this.#writesLeft < 0;
    this.#writesLeft = Number.POSITIVE_INFINITY;
    return { reply, isStopped };
  }

  #prepare(records: PoolRecords): void {
    if (!this.#isNew(records)) return;
    const { requests, callers, leases, inboxes } = records;
    this.#countCalls(records, "noteRunning", "noteNotRunning");
    this.#countCalls(records.results, "store");
    this.#countCalls(records.volunteers, "add", "standDown");
    this.#countCalls(records.members, "delete");
    this.#countCalls(inboxes, "drop");
    this.#countCalls(requests, "delete");
    this.#countCalls(leases, "set", "delete");
    const { set, lapsed } = { set: requests.set.bind(requests), lapsed: leases.lapsed.bind(leases) };
    requests.set = (id, record) => this.#write(() => set(id, this.#watch(record)));
    // it takes out what it finds, and puts that back
    leases.lapsed = (now, limit) => this.#asOne(() => lapsed(now, limit));
    const deliver = inboxes.deliver.bind(inboxes);
    inboxes.deliver = (isKnown) => deliver((process) => isKnown(process) && this.#write(() => true));
    this.#prepareQueue(records.queue);
    this.#prepareQueues(records.ownQueues);
    this.#countCalls(callers.priorities, "set", "delete");
    const at = callers.at.bind(callers);
    callers.at = (priority) => {
      const line = at(priority);
      if (!this.#isNew(line)) return line;
      this.#countCalls(line.turns, "set", "delete");
      this.#prepareQueues(line.queues);
      return line;
    };
  }

  #prepareQueues(queues: Map<string, Queue>): void {
    for (const queue of queues.values()) this.#prepareQueue(queue);
    const set = queues.set.bind(queues);
    queues.set = (name, queue) => {
      this.#prepareQueue(queue);
      return set(name, queue);
    };
  }

  #prepareQueue(queue: Queue): void {
    if (this.#isNew(queue)) this.#countCalls(queue, "pushTail", "pushHead", "delete");
  }

  #watch(record: RequestRecord): RequestRecord {
    return new Proxy(record, {
      set: (target, field, value) => {
        const set = (): boolean => Reflect.set(target, field, value);
        return writtenFields.has(field) ? this.#write(set) : set();
      },
    });
  }

  /** Makes each call of these methods one write. */
  #countCalls<Target extends object>(target: Target, ...names: Array<keyof Target & string>): void {
    for (const name of names) {
      const method: unknown = target[name];
      if (typeof method !== "function") throw new Error(`${name} is no method`);
      Reflect.set(target, name, (...given: unknown[]) => this.#write(() => Reflect.apply(method, target, given)));
    }
  }

  #isNew(part: object): boolean {
    const isNew = !this.#prepared.has(part);
    this.#prepared.add(part);
    return isNew;
  }

  #write<Reply>(write: () => Reply): Reply {
    if (this.#isWriting) return write();
    if (this.#writesLeft > 0) {
      this.#writesLeft -= 1;
      return this.#asOne(write);
    }
    this.#writesLeft = -1;
    throw new GridError("STATEKEEPER_REFUSED", "the operation was stopped midway");
  }

  #asOne<Reply>(write: () => Reply): Reply {
    const wasWriting = this.#isWriting;
    this.#isWriting = true;
    try {
      return write();
    } finally {
      this.#isWriting = wasWriting;
    }
  }
}
