/**
 * Caller queues: the roots of one caller at one priority, in the order in which they came, and whose turn it is. A caller's turn grows
 * by the work drawn, in ms, so callers of one priority get equal shares; a priority's by the requests drawn, over its weight. What
 * is drained keeps its turn until that has come, or a bridge finds nothing there, and so gains nothing by submitting little at a time. Bridges, who ask on behalf of other
 * pools, have turns of their own behind those of all others. (scripts/lib/callers.lua)
 */
import { Queue } from "./queue.ts";
import { Turns } from "./turns.ts";

const weightStep = 16;
/** More work, in ms, than any caller of the pool itself ever comes to, and little enough for halves of a ms to count against it. */
const firstGuestTurn = 1e15;

/** How many requests of this priority are drawn for one of priority 0. */
export function weightOf(priority: number): number {
  return weightStep ** priority;
}

/** Whether a caller with this turn is a bridge. */
export function isGuestTurn(turn: number): boolean {
  return turn >= firstGuestTurn;
}

/** The callers of one priority. */
export interface CallersInLine {
  readonly turns: Turns;
  /** By process; one that is in line may be empty. */
  readonly queues: Map<string, Queue>;
  /** At which place in line those begin who pass over the same requests; left out: at the first. */
  readonly resumeAt: Map<string, number>;
}

/** Whose queue is meant. */
interface Caller {
  readonly priority: number;
  readonly process: string;
  /** Whether it is a bridge that asks on behalf of another pool. */
  readonly isGuest?: boolean;
}

/** A caller and what waits for it. */
export interface WaitingCaller {
  /** `priority:process`. */
  readonly name: string;
  readonly priority: number;
  readonly process: string;
  readonly isGuest: boolean;
  readonly queue: Queue;
}

export class CallerQueues {
  readonly priorities = new Turns();
  #length = 0;
  readonly #callers = new Map<number, CallersInLine>();

  /** How many ids there are in all. */
  get length(): number {
    return this.#length;
  }

  at(priority: number): CallersInLine {
    let callers = this.#callers.get(priority);
    if (callers === undefined) {
      callers = { turns: new Turns(), queues: new Map(), resumeAt: new Map() };
      this.#callers.set(priority, callers);
    }
    return callers;
  }

  /** Those of each priority that ever had any. */
  lines(): IterableIterator<[number, CallersInLine]> {
    return this.#callers.entries();
  }

  /** Returns whether the id was not there yet. */
  push({ priority, process, isGuest = false }: Caller, id: string): boolean {
    const { turns, queues } = this.at(priority);
    const queue = queues.get(process) ?? new Queue();
    queues.set(process, queue);
    if (!turns.has(process)) this.#lineUp(priority, process, isGuest);
    const isNew = queue.pushTail(id);
    if (isNew) this.#length += 1;
    return isNew;
  }

  /** A queue that is not empty is drawn from only if its caller and the priority are in line. Returns whether one of them was not. */
  keepInLine({ priority, process }: Caller): boolean {
    const { turns, queues } = this.at(priority);
    if ((queues.get(process)?.length ?? 0) === 0) return false;
    const isMissing = !turns.has(process) || !this.priorities.has(`${priority}`);
    if (!turns.has(process)) this.#lineUp(priority, process, false);
    if (!this.priorities.has(`${priority}`)) this.#lineUpPriority(priority);
    return isMissing;
  }

  /** Takes an id off a caller's queue, and leaves the caller in line. */
  delete(priority: number, process: string, id: string): void {
    const { turns, queues } = this.at(priority);
    const queue = queues.get(process);
    if (queue?.delete(id) !== true) return;
    this.#length -= 1;
    if (queue.length === 0 && !turns.has(process)) queues.delete(process);
  }

  /** Takes a caller out of the line, whose queue is empty, or will be at the end of this operation. */
  remove(priority: number, process: string): void {
    const { turns, queues } = this.at(priority);
    turns.delete(process);
    if (queues.get(process)?.length === 0) queues.delete(process);
  }

  /** The priorities that are in line. */
  lowestFirst(): number[] {
    return this.priorities
      .first(this.priorities.size)
      .map(({ name }) => Number(name))
      .sort((one, other) => one - other);
  }

  /** All of them, the one that is drawn from last first; at most `most` of one priority. */
  *queues(most = Number.POSITIVE_INFINITY): IterableIterator<WaitingCaller> {
    for (const priority of this.lowestFirst()) {
      const { turns, queues } = this.at(priority);
      for (const { name: process, turn } of turns.last(Math.min(most, turns.size))) {
        const queue = queues.get(process);
        if (queue === undefined) continue;
        yield { name: `${priority}:${process}`, priority, process, isGuest: isGuestTurn(turn), queue };
      }
    }
  }

  /**
   * Behind what the caller whose turn it is has first, and before what that has next: a request counts for 1 at least. The priority
   * comes first: should the operation stop in between, one without callers leaves the line at the next drawing.
   */
  #lineUp(priority: number, process: string, isGuest: boolean): void {
    const { turns } = this.at(priority);
    if (!this.priorities.has(`${priority}`)) this.#lineUpPriority(priority);
    const start = isGuest ? firstGuestTurn : 0;
    const first = turns.firstFrom(start);
    const isFirst = first === undefined || isGuestTurn(first.turn) !== isGuest;
    turns.set(process, isFirst ? start : first.turn + 0.5);
  }

  #lineUpPriority(priority: number): void {
    const [first] = this.priorities.first(1);
    const start = first === undefined ? 0 : first.turn - 1 / weightOf(Number(first.name));
    this.priorities.set(`${priority}`, start + 1 / weightOf(priority));
  }
}
