/**
 * Runs functions in slots. It takes what is to be done next (resuming before starting, the youngest of the own stack before
 * what was claimed), runs it in the context of its request, and settles it. It knows nothing of the statekeeper: what has to be
 * told there is handed to the `Outside`.
 */
import { type Clock, type ErrorCode, type ErrorTree, GridError } from "@callgrid/core";
import type { Evaluation } from "./evaluation.ts";
import { treeOfThrown } from "./failure.ts";
import type { FunctionStanding } from "./function-registry.ts";
import { OwnStack } from "./own-stack.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import { runInContext } from "./request-context.ts";
import { Settled } from "./settled.ts";
import type { SelfTimes } from "./self-times.ts";

/** What the evaluator tells the rest of the worker. */
export interface Outside {
  /** An evaluation is done, and all who wait in this worker are about to be told. */
  onSettled(evaluation: Evaluation): void;
  /** A child lost its last waiter in this worker. */
  onUnwanted(child: Evaluation): void;
  /** A function began to wait, or goes on. */
  onSuspension(evaluation: Evaluation): void;
  /** Something changed that the statekeeper may have to be told or asked about. */
  onChange(): void;
  /** A slice is over: there is more to run, and I/O gets its turn first. */
  onSlice(): void;
  /** An evaluation starts that has a limit: function timeout or deadline, by the worker's clock; 0: none. */
  onLimited(evaluation: Evaluation): void;
}

/** A function that can go on once it has a slot. */
interface Resumption {
  readonly calls: ReentrantCalls;
  readonly resume: () => void;
}

/** The loop lets I/O have a turn after this long. */
const sliceMs = 2;
/** How many evaluations go by between looks at the clock. */
const checkEvery = 16;

export class Evaluator {
  readonly stack = new OwnStack();
  readonly ready: Evaluation[] = [];
  #readyHead = 0;
  readonly #resumable: Resumption[] = [];
  readonly #clock: Clock;
  readonly #standing: FunctionStanding;
  readonly #selfTimes: SelfTimes;
  readonly #outside: Outside;
  readonly #resultLimitBytes: number;
  readonly slots: number;
  #freeSlots: number;
  #isInLoop = false;
  #isYielding = false;
  #isLoopQueued = false;
  #sliceEndsAt = 0;
  #sinceCheck = 0;

  constructor(parts: {
    clock: Clock;
    standing: FunctionStanding;
    selfTimes: SelfTimes;
    outside: Outside;
    slots: number;
    resultLimitBytes: number;
  }) {
    this.#clock = parts.clock;
    this.#standing = parts.standing;
    this.#selfTimes = parts.selfTimes;
    this.#outside = parts.outside;
    this.#resultLimitBytes = parts.resultLimitBytes;
    this.slots = parts.slots;
    this.#freeSlots = parts.slots;
  }

  get freeSlots(): number {
    return this.#freeSlots;
  }

  get readyCount(): number {
    return this.ready.length - this.#readyHead;
  }

  /** Whether there is anything to run that only lacks a slot. */
  get hasWork(): boolean {
    return this.#resumable.length > 0 || this.readyCount > 0 || !this.stack.isEmpty;
  }

  /** Called when something came in from outside: runs what can run, with a fresh slice. */
  wake(): void {
    if (!this.#isYielding) this.#sliceEndsAt = this.#clock.now() + sliceMs;
    this.run();
  }

  /** Fills free slots until there is nothing to run or the slice is over. */
  run(): void {
    if (this.#isInLoop || this.#isYielding) return;
    this.#isInLoop = true;
    while (this.#freeSlots > 0) {
      if (this.#isSliceOver()) {
        if (this.hasWork) this.#yield();
        break;
      }
      const resumption = this.#resumable.pop();
      if (resumption !== undefined) {
        this.#resume(resumption);
        continue;
      }
      const next = this.stack.pop() ?? this.#shiftReady();
      if (next === undefined) break;
      this.#start(next);
    }
    this.#isInLoop = false;
    this.#outside.onChange();
  }

  /** Takes every claimed evaluation that has not started. */
  takeReady(): Evaluation[] {
    const taken = this.ready.splice(0).slice(this.#readyHead).filter(({ state }) => state === "ready");
    this.#readyHead = 0;
    return taken;
  }

  /** The caller waits: its slot is free for others. Undone by {@link resumeWhenPossible}. */
  suspend(caller: Evaluation, calls: ReentrantCalls): void {
    caller.addOpenCalls(calls);
    caller.waitingFor += 1;
    if (!caller.holdsSlot) return;
    const now = this.#clock.now();
    caller.selfMs += now - caller.runningSince;
    this.#selfTimes.noteFirstPart(caller.functionName, caller.selfMs);
    caller.suspendedAt = now;
    caller.state = "suspended";
    caller.areEdgesTold = false;
    this.#freeSlot(caller);
    this.#outside.onSuspension(caller);
    this.#queueLoop();
  }

  /** Its calls are settled: the caller goes on as soon as there is a slot; at once while other calls of it are still open. */
  resumeWhenPossible(calls: ReentrantCalls, resume: () => void): void {
    const { caller } = calls;
    if (caller.state === "done" || caller.waitingFor > 1) {
      this.#goOn(calls);
      resume();
      return;
    }
    this.#resumable.push({ calls, resume });
    this.run();
  }

  /** Settles an evaluation, whoever found the outcome; later outcomes of it are ignored. */
  settle(evaluation: Evaluation, settled: Settled): void {
    if (evaluation.state === "done") return;
    const wasStarted = evaluation.isStarted;
    if (evaluation.holdsSlot) {
      evaluation.selfMs += this.#clock.now() - evaluation.runningSince;
      this.#freeSlot(evaluation);
    }
    evaluation.state = "done";
    evaluation.settled = settled;
    if (evaluation.cancelTimers !== undefined) evaluation.cancelAllTimers();
    if (wasStarted) this.#measure(evaluation, settled);
    this.#outside.onSettled(evaluation);
    if (evaluation.openCalls !== undefined && evaluation.openCalls.length > 0) this.giveUpCalls(evaluation, "its caller is done");
    for (const { calls, index } of evaluation.waiters) calls.settle(index, settled);
    this.run();
  }

  /** Stops an evaluation whose outcome nobody wants; the function is told by its signal and by its open calls. */
  abandon(evaluation: Evaluation, reason: string): void {
    if (evaluation.state === "done") return;
    if (evaluation.holdsSlot) this.#freeSlot(evaluation);
    evaluation.state = "done";
    if (evaluation.cancelTimers !== undefined) evaluation.cancelAllTimers();
    evaluation.abort?.abort(new GridError("CANCELLED", reason));
    this.giveUpCalls(evaluation, reason);
    this.run();
  }

  /** Rejects what a function waits for, and lets its children know that it does not wait any more. */
  giveUpCalls(evaluation: Evaluation, reason: string): void {
    const open = evaluation.openCalls?.splice(0) ?? [];
    for (const calls of open) this.giveUp(calls, reason);
  }

  /** Gives up what is still open of these calls. */
  giveUp(calls: ReentrantCalls, reason: string): void {
    for (const [index, child] of [...calls.children].entries()) {
      if (child === undefined) continue;
      const at = child.waiters.findIndex((waiter) => waiter.calls === calls && waiter.index === index);
      if (at !== -1) child.waiters.splice(at, 1);
      if (child.waiters.length === 0) this.#outside.onUnwanted(child);
      calls.settle(index, Settled.ofError(errorTree("CANCELLED", reason, child.payload)));
    }
  }

  #start(evaluation: Evaluation): void {
    const { definition } = evaluation;
    this.#freeSlots -= 1;
    evaluation.holdsSlot = true;
    evaluation.state = "running";
    const now = this.#clock.now();
    evaluation.startedAt = now;
    evaluation.runningSince = now;
    if (definition === undefined) {
      this.settle(evaluation, Settled.ofError(errorTree("UNKNOWN_FUNCTION", `this worker has no function "${evaluation.functionName}"`, evaluation.payload)));
      return;
    }
    evaluation.stamp = this.#standing.stamp(definition);
    if (definition.timeoutMs > 0 || evaluation.deadlineAt > 0) this.#outside.onLimited(evaluation);
    let result: unknown;
    try {
      result = runInContext(evaluation, invoke);
    } catch (thrown) {
      this.#fail(evaluation, thrown);
      return;
    }
    if (isThenable(result)) {
      result.then(
        (value) => this.#succeed(evaluation, value),
        (thrown) => this.#fail(evaluation, thrown),
      );
    } else {
      this.#succeed(evaluation, result);
    }
  }

  #succeed(evaluation: Evaluation, value: unknown): void {
    if (evaluation.state === "done") return;
    let settled: Settled;
    try {
      settled = Settled.ofValue(value, this.#resultLimitBytes);
    } catch (thrown) {
      settled = Settled.ofError(treeOfThrown(thrown, evaluation.payload));
    }
    this.settle(evaluation, settled);
  }

  #fail(evaluation: Evaluation, thrown: unknown): void {
    if (evaluation.state === "done") return;
    this.settle(evaluation, Settled.ofError(treeOfThrown(thrown, evaluation.payload)));
  }

  #resume({ calls, resume }: Resumption): void {
    const { caller } = calls;
    this.#goOn(calls);
    if (caller.state !== "done" && caller.waitingFor === 0 && !caller.holdsSlot) {
      this.#freeSlots -= 1;
      caller.holdsSlot = true;
      caller.state = "running";
      caller.runningSince = this.#clock.now();
      this.#outside.onSuspension(caller);
    }
    resume();
  }

  #goOn(calls: ReentrantCalls): void {
    calls.caller.waitingFor -= 1;
    if (calls.remaining === 0) calls.caller.removeOpenCalls(calls);
  }

  #measure(evaluation: Evaluation, settled: Settled): void {
    const time = this.#selfTimes.note(evaluation.functionName, evaluation.selfMs);
    time.evaluations += 1;
    if (settled.isError) time.failures += 1;
  }

  #freeSlot(evaluation: Evaluation): void {
    evaluation.holdsSlot = false;
    this.#freeSlots += 1;
  }

  #shiftReady(): Evaluation | undefined {
    while (this.#readyHead < this.ready.length) {
      const next = this.ready[this.#readyHead];
      this.#readyHead += 1;
      if (next?.state === "ready") return next;
    }
    this.ready.length = 0;
    this.#readyHead = 0;
    return undefined;
  }

  /** Not straight away: the function that just suspended itself has not returned yet. */
  #queueLoop(): void {
    if (this.#isInLoop || this.#isLoopQueued) return;
    this.#isLoopQueued = true;
    queueMicrotask(() => {
      this.#isLoopQueued = false;
      this.run();
    });
  }

  #isSliceOver(): boolean {
    this.#sinceCheck += 1;
    if (this.#sinceCheck < checkEvery) return false;
    this.#sinceCheck = 0;
    return this.#clock.now() > this.#sliceEndsAt;
  }

  #yield(): void {
    this.#isYielding = true;
    this.#outside.onSlice();
    this.#clock.turn(() => {
      this.#isYielding = false;
      this.wake();
    });
  }
}

/** An error that the worker itself found, without a throw. */
export function errorTree(code: ErrorCode, msg: string, req: string, details?: Record<string, unknown>): ErrorTree {
  return { msg, code, req, ...(details && { details }) };
}

function invoke(evaluation: Evaluation): unknown {
  const { definition } = evaluation;
  return definition?.evaluate(...((evaluation.primitiveArguments ?? evaluation.readArguments()) as never[]));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
