/**
 * Caller queues: the roots of one caller at one priority, in the order in which they came, and whose turn it is. A caller's turn grows
 * by the work drawn, in ms, so callers of one priority get equal shares; a priority's by the requests drawn, over its weight. What
 * is drained keeps its turn until that has come, and so gains nothing by submitting little at a time. (scripts/lib/callers.lua)
 */
import { Deque } from "./deque.ts";
import { Turns } from "./turns.ts";

const weightStep = 16;

/** How many requests of this priority are drawn for one of priority 0. */
export function weightOf(priority: number): number {
  return weightStep ** priority;
}

/** The callers of one priority. */
export interface CallersInLine {
  readonly turns: Turns;
  /** By process; one that is in line may be empty. */
  readonly queues: Map<string, Deque<string>>;
}

export class CallerQueues {
  readonly priorities = new Turns();
  /** How many ids there are in all; whoever draws keeps it up to date. */
  length = 0;
  readonly #callers = new Map<number, CallersInLine>();

  at(priority: number): CallersInLine {
    let callers = this.#callers.get(priority);
    if (callers === undefined) {
      callers = { turns: new Turns(), queues: new Map() };
      this.#callers.set(priority, callers);
    }
    return callers;
  }

  push(priority: number, process: string, ids: readonly string[]): void {
    if (ids.length === 0) return;
    const { turns, queues } = this.at(priority);
    const queue = queues.get(process) ?? new Deque<string>();
    queues.set(process, queue);
    if (!turns.has(process)) this.#lineUp(priority, process);
    for (const id of ids) queue.pushTail(id);
    this.length += ids.length;
  }

  /** Removes a caller whose queue is empty. */
  remove(priority: number, process: string): void {
    const { turns, queues } = this.at(priority);
    turns.delete(process);
    queues.delete(process);
  }

  /** All of them, the one that is drawn from last first; at most `most` of one priority. */
  *queues(most = Number.POSITIVE_INFINITY): IterableIterator<{ name: string; queue: Deque<string> }> {
    const priorities = this.priorities.first(this.priorities.size).map(({ name }) => Number(name));
    for (const priority of priorities.sort((one, other) => one - other)) {
      const { turns, queues } = this.at(priority);
      for (const { name: process } of turns.last(Math.min(most, turns.size))) {
        const queue = queues.get(process);
        if (queue !== undefined) yield { name: `${priority}:${process}`, queue };
      }
    }
  }

  /** Behind what the caller whose turn it is has first, and before what that has next: a request counts for 1 at least. */
  #lineUp(priority: number, process: string): void {
    const { turns } = this.at(priority);
    const [first] = turns.first(1);
    turns.set(process, first === undefined ? 0 : first.turn + 0.5);
    if (!this.priorities.has(`${priority}`)) this.#lineUpPriority(priority);
  }

  #lineUpPriority(priority: number): void {
    const [first] = this.priorities.first(1);
    const start = first === undefined ? 0 : first.turn - 1 / weightOf(Number(first.name));
    this.priorities.set(`${priority}`, start + 1 / weightOf(priority));
  }
}
