/**
 * Runs functions in slots. It takes what its run queue gives next, runs it in the context of its request, and settles it. It knows
 * nothing of the statekeeper: what has to be told there is handed to the `Outside`.
 */
import { type Clock, GridError } from "@callgrid/core";
import { errorTree, treeOfThrown } from "../errors/error-tree.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import { Cancellation } from "./cancellation.ts";
import { Evaluation } from "./evaluation.ts";
import { interrupt, invoke } from "./invocation.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import type { SelfTimes } from "./run-times.ts";
import { SlotScheduler } from "./slot-scheduler.ts";
import { TimeSlice } from "./time-slice.ts";
import type { WorkerMeter } from "./worker-meter.ts";

/** What the evaluator tells the rest of the worker. */
export interface EvaluatorEvents {
  /** An evaluation is done at `now` (ms), and all who wait in this worker are about to be told. */
  onSettled(evaluation: Evaluation, now: number): void;
  /** A child lost its last waiter in this worker. */
  onCancelled(child: Evaluation): void;
  /** A function began to wait, waits for more, or goes on. */
  onSuspension(evaluation: Evaluation): void;
  /** Something changed that the statekeeper may have to be told or asked about. */
  onChange(): void;
  /** A slice is over: there is more to run, and I/O gets its turn first. */
  onSliceEnd(): void;
  /** All slots are taken, and calls wait in memory. */
  onFull(): void;
  /** An evaluation starts. */
  onStart(evaluation: Evaluation): void;
}

export class Evaluator {
  readonly queue = new SlotScheduler();
  readonly slots: number;
  readonly #clock: Clock;
  readonly #standing: FunctionStanding;
  readonly #selfTimes: SelfTimes;
  readonly #outside: EvaluatorEvents;
  readonly #meter: WorkerMeter | undefined;
  readonly #cancellation: Cancellation;
  readonly #slice: TimeSlice;
  readonly #resultLimitBytes: number;
  #freeSlots: number;
  #runningMs = 0;
  #slotTakenAt = 0;
  #started = 0;
  #isInLoop = false;
  #isYielding = false;
  #isLoopQueued = false;
  #isStopped = false;

  constructor(parts: {
    clock: Clock;
    standing: FunctionStanding;
    selfTimes: SelfTimes;
    outside: EvaluatorEvents;
    meter?: WorkerMeter | undefined;
    slots: number;
    resultLimitBytes: number;
  }) {
    this.#clock = parts.clock;
    this.#standing = parts.standing;
    this.#selfTimes = parts.selfTimes;
    this.#outside = parts.outside;
    this.#meter = parts.meter;
    this.#slice = new TimeSlice(parts.clock);
    this.#cancellation = new Cancellation({
      freeSlot: () => {
        this.#freeSlots += 1;
      },
      onUnwanted: (child) => this.#outside.onCancelled(child),
    });
    this.#resultLimitBytes = parts.resultLimitBytes;
    this.slots = parts.slots;
    this.#freeSlots = parts.slots;
  }

  get freeSlots(): number {
    return this.#freeSlots;
  }

  /** What was started last is expected to take so long, in ms; 0 for what came from memory. It has taken longer where all slots are taken. */
  get runningMs(): number {
    return this.isFull ? Math.max(this.#runningMs, this.#clock.now() - this.#slotTakenAt) : this.#runningMs;
  }

  /** How many evaluations have started so far. */
  get started(): number {
    return this.#started;
  }

  /** How many functions run, each in a slot. */
  get runningCount(): number {
    return this.slots - this.#freeSlots;
  }

  /** Nothing more can start. */
  get isFull(): boolean {
    return this.#freeSlots === 0 || this.queue.isClosed(this.runningCount);
  }

  /** Whether it has stopped for a moment only, for I/O to have its turn, and goes on right after with what is there to run. */
  get isPausing(): boolean {
    return this.#isYielding;
  }

  /**
   * Whether what has come from outside and what can be resumed takes less than `ms` all together, as far as that is known. A suspect
   * counts for ever: who knows what becomes of this worker. Calls on the stack are short, or they would not be there.
   */
  isSoonThrough(ms: number): boolean {
    let expectedMs = this.queue.isQuarantined ? Number.POSITIVE_INFINITY : this.queue.ready.expectedMs;
    for (const { caller } of this.queue.resumable()) {
      if (expectedMs >= ms) return false;
      expectedMs += this.#selfTimes.get(caller.functionName)?.expectedMs ?? Number.POSITIVE_INFINITY;
    }
    return expectedMs < ms;
  }

  /** Whether it is full of functions that have neither ended nor called anything for so long. */
  isStuck(sinceMs: number): boolean {
    return this.isFull && !this.#isYielding && this.#clock.now() - this.#slice.seenAt >= sinceMs;
  }

  /** I/O has just had its turn: the loop may go on for a whole slice. */
  beginSlice(): void {
    if (!this.#isYielding) this.#slice.begin();
  }

  /** Called when something came in from outside: runs what can run, with a fresh slice. */
  wake(): void {
    this.beginSlice();
    this.run();
  }

  /** Fills free slots until there is nothing to run or the slice is over. */
  run(): void {
    if (this.#isInLoop || this.#isYielding || this.#isStopped) return;
    this.#isInLoop = true;
    try {
      this.#fillSlots();
    } finally {
      this.#isInLoop = false;
    }
    if (this.isFull && !this.queue.stack.isEmpty) this.#outside.onFull();
    this.#outside.onChange();
  }

  /** Starts nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The time, in ms: what a function takes until then by itself counts as its own. */
  now(): number {
    return this.#slice.look();
  }

  /** The caller has waited since the last {@link now}: its slot is free for others. Undone by {@link resumeWhenPossible}. */
  suspend(caller: Evaluation, calls: ReentrantCalls): void {
    caller.addOpenCalls(calls);
    caller.waitingFor += 1;
    if (caller.holdsSlot) {
      caller.selfMs += this.#slice.seenAt - caller.runningSince;
      if (!caller.hasWaited) this.#selfTimes.noteFirstPart(caller.functionName, caller.selfMs);
      caller.hasWaited = true;
      caller.become("suspended");
      this.#freeSlots += 1;
    }
    this.#outside.onSuspension(caller);
    this.#queueLoop();
  }

  /** Its calls are settled: the caller goes on as soon as there is a slot; at once while other calls of it are still open. */
  resumeWhenPossible(calls: ReentrantCalls): void {
    const { caller } = calls;
    if (caller.isDone || caller.waitingFor > 1) {
      this.#goOn(calls);
      calls.resume();
      return;
    }
    if (this.#meter !== undefined && caller.isOwned) calls.resumableSince = this.#clock.now();
    if (caller.span !== undefined) caller.answeredAt = this.#clock.now();
    calls.startedBefore = this.#started;
    this.queue.pushResumable(calls);
    this.run();
  }

  /** Settles an evaluation, whoever found the outcome; later outcomes of it are ignored. */
  settle(evaluation: Evaluation, settled: EvaluationResult): void {
    if (evaluation.isDone) return;
    const wasStarted = evaluation.isStarted;
    // what others have evaluated says nothing of whether the functions that run here get anywhere, see isStuck
    const now = evaluation.holdsSlot ? this.#slice.look() : this.#clock.now();
    if (evaluation.holdsSlot) {
      evaluation.selfMs += now - evaluation.runningSince;
      this.#freeSlots += 1;
    }
    evaluation.become("done");
    evaluation.settled = settled;
    if (evaluation.cancelTimers !== undefined) evaluation.cancelAllTimers();
    if (wasStarted) this.#measure(evaluation, settled);
    this.#outside.onSettled(evaluation, now);
    if (evaluation.openCalls !== undefined && evaluation.openCalls.length > 0)
      this.#cancellation.cancelChildren(evaluation, "its caller is done");
    // whoever was given up in the course of this has been told so
    for (const { calls, index } of evaluation.waiters)
      if (calls.children[index] === evaluation) calls.settle(index, settled);
    this.run();
  }

  /** Settles an evaluation whose function may still run: it is told by its signal. */
  settleExternally(evaluation: Evaluation, settled: EvaluationResult): void {
    if (evaluation.isDone) return;
    this.settle(evaluation, settled);
    const { tree } = settled;
    const reason =
      tree === undefined
        ? new GridError("CANCELLED", "its outcome is known already")
        : new GridError(tree.code, tree.msg);
    interrupt(evaluation, reason);
  }

  /** Stops evaluations whose outcomes nobody wants; the functions are told by their signals and by their open calls. */
  abandon(evaluations: Iterable<Evaluation>, reason: string): void {
    this.#cancellation.cancel(evaluations, reason);
    if (!this.#cancellation.isBusy) this.run();
  }

  /** Gives up what is still open of these calls. */
  cancelCalls(calls: ReentrantCalls, reason: string): void {
    this.#cancellation.cancelCalls(calls, reason);
    if (!this.#cancellation.isBusy) this.run();
  }

  /** Calls of a function were answered at once. Returns whether it should wait nevertheless, so that I/O has its turn. */
  noteAnsweredAtOnce(): boolean {
    return this.#slice.noteMoment();
  }

  #fillSlots(): void {
    while (this.#freeSlots > 0) {
      if (this.#slice.isOver && this.queue.hasWork) {
        this.#yield();
        return;
      }
      const next = this.queue.next(this.#freeSlots, this.runningCount);
      if (next === undefined) return;
      if (next instanceof Evaluation) this.#start(next);
      else this.#resume(next);
    }
  }

  #takeSlot(evaluation: Evaluation): void {
    this.#freeSlots -= 1;
    evaluation.become("running");
    evaluation.runningSince = this.#slice.look();
    this.#slotTakenAt = evaluation.runningSince;
  }

  #start(evaluation: Evaluation): void {
    const { definition } = evaluation;
    this.#started += 1;
    this.#takeSlot(evaluation);
    evaluation.startedAt = evaluation.runningSince;
    this.#runningMs = evaluation.expectedMs;
    if (definition === undefined) {
      this.settle(evaluation, EvaluationResult.ofError(unknownFunction(evaluation)));
      return;
    }
    evaluation.stamp = this.#standing.stamp(definition);
    this.#outside.onStart(evaluation);
    let result: unknown;
    try {
      result = invoke(evaluation);
      // in here as well: a promise may be a proxy, or have a `then` of its own that throws
      if (result instanceof Promise) {
        result.then(
          (value) => this.#succeed(evaluation, value),
          (thrown) => this.#fail(evaluation, thrown),
        );
        return;
      }
    } catch (thrown) {
      this.#fail(evaluation, thrown);
      return;
    }
    this.#succeed(evaluation, result);
  }

  #succeed(evaluation: Evaluation, value: unknown): void {
    if (evaluation.isDone) return;
    let settled: EvaluationResult;
    try {
      settled = EvaluationResult.ofValue(value, this.#resultLimitBytes);
    } catch (thrown) {
      settled = EvaluationResult.ofError(treeOfThrown(thrown, evaluation.payload));
    }
    this.settle(evaluation, settled);
  }

  #fail(evaluation: Evaluation, thrown: unknown): void {
    if (evaluation.isDone) return;
    this.settle(evaluation, EvaluationResult.ofError(treeOfThrown(thrown, evaluation.payload)));
  }

  #resume(calls: ReentrantCalls): void {
    const { caller, resumableSince } = calls;
    calls.resumableSince = undefined;
    if (resumableSince !== undefined) this.#meter?.resumed(this.#clock.now() - resumableSince);
    this.#goOn(calls);
    if (!caller.isDone && caller.waitingFor === 0 && !caller.holdsSlot) {
      this.#takeSlot(caller);
      this.#outside.onSuspension(caller);
    }
    calls.resume();
  }

  #goOn(calls: ReentrantCalls): void {
    calls.caller.waitingFor -= 1;
    if (calls.remaining === 0) calls.caller.removeOpenCalls(calls);
  }

  #measure(evaluation: Evaluation, settled: EvaluationResult): void {
    this.#selfTimes.note(evaluation.functionName, evaluation.selfMs, settled.isError);
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

  #yield(): void {
    this.#isYielding = true;
    this.#outside.onSliceEnd();
    this.#clock.turn(() => {
      this.#isYielding = false;
      this.wake();
    });
  }
}

function unknownFunction({ functionName, payload }: Evaluation): ReturnType<typeof errorTree> {
  return errorTree("UNKNOWN_FUNCTION", `this worker has no function "${functionName}"`, payload);
}
