/**
 * The pool that all processes of a simulation share, watched: after every operation that can break one, the invariants are held
 * against its records. Here too is the switch that breaks reclaiming or auditing, to show that the simulation would notice.
 */
import {
  type Completion,
  type MemoryPool,
  type MemoryStatekeeper,
  ownPart,
  type PoolKeeper,
} from "@callgrid/statekeeper";
import type { CallGraph } from "./call-graph.ts";
import { outdatedCode, outdatedResult } from "./code-marks.ts";
import { changedResult, miscounted, misplacedRequest, staleEntry } from "./invariants.ts";
import { MidwayStops } from "./midway-stops.ts";
import { Repairs } from "./repairs.ts";
import { mistakeInText } from "./right-outcome.ts";
import type { Trace } from "./trace.ts";

/** One operation as the trace reports it. */
export interface WatchedOperation {
  readonly who: string;
  readonly operation: string;
  readonly about: unknown;
  /** Whether the one that asks can bear that it stops midway. */
  readonly mayStop?: boolean;
}

/**
 * `reclaiming`: of what a dead worker held or had queued, one request is forgotten. `auditing`: sweeps find nothing to audit. `currency`: the
 * pool learns of each outcome which code of its own function made it, and not which other code.
 */
export type BrokenPart = "reclaiming" | "auditing" | "currency";

export interface WatchedPoolParts {
  readonly statekeeper: MemoryStatekeeper;
  readonly graph: CallGraph;
  readonly trace: Trace;
  readonly broken: BrokenPart | undefined;
  /** After how many writes the next operation stops; undefined: it does not. */
  readonly drawStop: () => number | undefined;
  /** Called before each operation, while everybody rests. */
  readonly onOperation: () => void;
  readonly onViolation: (what: string) => void;
}

/** Operations after which requests, queues and results are as they were. */
const harmless: ReadonlySet<string> = new Set([
  "renew",
  "mark",
  "followWaits",
  "functions",
  "inspect",
  "inspectRequest",
  "inspectResult",
  "measureResults",
  "noteCode",
  "readCode",
  "mismatches",
  "look",
  "locate",
  "abdicate",
  "survey",
  "noteCapacity",
  "announceWork",
]);

/** Operations by which a process shows that it waits for something or works on something, if they name any request. */
const telling: ReadonlySet<string> = new Set(["submit", "check", "complete", "release", "withdraw", "reconcile"]);

export class WatchedPool {
  readonly name = "pool";
  readonly pool: MemoryPool;
  readonly #parts: WatchedPoolParts;
  readonly #seenResults = new Map<string, string>();
  readonly #stops = new MidwayStops();
  readonly #repairs = new Repairs();
  #operations = 0;
  #lastTelling: { readonly atMs: number; readonly what: string } | undefined;

  constructor(parts: WatchedPoolParts) {
    this.#parts = parts;
    this.pool = parts.statekeeper.pool(this.name);
  }

  /** How many operations there were so far. */
  get operations(): number {
    return this.#operations;
  }

  /** When an operation last showed that there is anything to do, and how. */
  get lastTelling(): { readonly atMs: number; readonly what: string } | undefined {
    return this.#lastTelling;
  }

  async run<Reply>(operation: WatchedOperation, run: (pool: MemoryPool) => Promise<Reply>): Promise<Reply> {
    this.#operations += 1;
    this.#parts.onOperation();
    this.#parts.trace.note(operation.who, operation.operation, operation.about);
    if (telling.has(operation.operation) && !isEmptyList(operation.about)) this.#noteTelling(operation);
    const reclaimedBefore = this.#reclaimed;
    if (this.#parts.broken === "auditing") this.pool.records.requests.keys = () => [].values();
    // an operation is over when it returns: its promise is there for statekeepers that are further away
    const { reply, isStopped } = this.#operate(operation, run);
    if (this.#parts.broken === "reclaiming" && this.#reclaimed > reclaimedBefore) this.#loseOne();
    if (!harmless.has(operation.operation)) this.#check(operation);
    return reply.then(
      (answer) => {
        this.#noteAnswer(operation, answer);
        return answer;
      },
      (error: unknown) => {
        if (!isStopped) this.#parts.onViolation(`the statekeeper threw at ${operation.operation}: ${String(error)}`);
        throw error;
      },
    );
  }

  /** Stops the operation midway, if it is to be. */
  #operate<Reply>(
    { who, operation, mayStop = false }: WatchedOperation,
    run: (pool: MemoryPool) => Promise<Reply>,
  ): { readonly reply: Promise<Reply>; readonly isStopped: boolean } {
    const writes = mayStop ? this.#parts.drawStop() : undefined;
    if (writes === undefined) return { reply: run(this.pool), isStopped: false };
    const stopped = this.#stops.stop(this.pool, writes, () => run(this.pool));
    if (stopped.isStopped) {
      this.#parts.trace.note(who, `${operation} is stopped after ${writes} writes`);
      this.#repairs.noteStop();
    }
    return stopped;
  }

  /** The state of a pool has many irrelevant lines, and lines in which this process and the replaying one differ. */
  #noteAnswer({ who, operation }: WatchedOperation, answer: unknown): void {
    if (answer !== undefined && operation !== "inspect")
      this.#parts.trace.note(who, `${operation} is answered`, answer);
  }

  #noteTelling({ who, operation }: WatchedOperation): void {
    this.#lastTelling = { atMs: this.pool.records.now(), what: `${operation} by ${who}` };
  }

  /** Whether outcomes that are handed in are right. */
  checkCompletions(completions: readonly Completion[]): void {
    for (const { id, outcome } of completions) {
      const number = this.#parts.graph.numberOf(id) ?? this.#numberByRecord(id);
      if (number === undefined) continue;
      const mistake = mistakeInText(outcome, this.#parts.graph.outcomeOf(number));
      if (mistake !== undefined) this.#parts.onViolation(`${id} is reported to have ${mistake}`);
    }
  }

  /** Hands outcomes in, and checks that those that are taken were made by code that is current. */
  complete(pool: PoolKeeper, args: Parameters<PoolKeeper["complete"]>): Promise<readonly string[]> {
    const [worker, completions, ...rest] = args;
    const { requests } = this.pool.records;
    const open = completions.filter(({ id }) => requests.has(id));
    const isBroken = this.#parts.broken === "currency";
    const handedIn = isBroken ? completions.map((one) => ({ ...one, stamp: ownPart(one.stamp) })) : completions;
    const reply = pool.complete(worker, handedIn, ...rest);
    for (const { id, outcome } of open.filter((one) => !requests.has(one.id))) {
      const mistake = outdatedCode(this.pool.records, outcome);
      if (mistake !== undefined) this.#parts.onViolation(`the outcome of ${id} was made by ${mistake}`);
    }
    return reply;
  }

  #loseOne(): void {
    const { queue } = this.pool.records;
    for (const id of queue.first(1)) queue.delete(id);
  }

  get #reclaimed(): number {
    return this.pool.records.counters.get("reclaimed") ?? 0;
  }

  #check({ who, operation }: WatchedOperation): void {
    const { records } = this.pool;
    this.#repairs.look(records);
    const wrong =
      miscounted(records) ??
      staleEntry(records) ??
      (this.#repairs.isUnderWay ? undefined : misplacedRequest(records)) ??
      outdatedResult(records, this.#parts.graph) ??
      (operation === "complete" ? changedResult(records, this.#seenResults) : undefined);
    if (wrong !== undefined) this.#parts.onViolation(`after ${operation} by ${who}: ${wrong}`);
  }

  /** A request that is evaluated for one caller alone has an id that says nothing. */
  #numberByRecord(id: string): number | undefined {
    const payload = this.pool.records.requests.get(id)?.payload;
    return payload === undefined ? undefined : this.#parts.graph.numberOfPayload(payload);
  }
}

function isEmptyList(about: unknown): boolean {
  return Array.isArray(about) && about.length === 0;
}
