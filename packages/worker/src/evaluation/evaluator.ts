/**
 * The life of evaluations in a worker: starts them when its loop gives them a slot, suspends them while they wait for calls, has
 * them go on, settles and cancels them. It knows nothing of the statekeeper: what has to be reported there goes to the `outside`.
 */
import { type Clock, GridError } from "@callgrid/core";
import { errorTree } from "../errors/error-tree.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { Cancellation } from "./cancellation.ts";
import { Evaluation } from "./evaluation.ts";
import { interrupt, runFunction } from "./invocation.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import { SlotLoop, type SlotLoopEvents } from "./slot-loop.ts";
import type { WorkerMeter } from "./worker-meter.ts";

/** What the evaluator reports to the rest of the worker. */
export interface EvaluatorEvents extends SlotLoopEvents {
  /** An evaluation is done at `now` (ms), and its waiters in this worker are about to be notified. */
  onSettled(evaluation: Evaluation, now: number): void;
  /** A child lost its last waiter in this worker. */
  onCancelled(child: Evaluation): void;
  /** A function began to wait, waits for more, or goes on. */
  onSuspension(evaluation: Evaluation): void;
  /** An evaluation starts. */
  onStart(evaluation: Evaluation): void;
}

export class Evaluator {
  /** Gives evaluations their slots. */
  readonly loop: SlotLoop;
  readonly #clock: Clock;
  readonly #standing: FunctionStanding;
  readonly #selfTimes: SelfTimes;
  readonly #outside: EvaluatorEvents;
  readonly #meter: WorkerMeter | undefined;
  readonly #cancellation: Cancellation;
  readonly #resultLimitBytes: number;

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
    this.#resultLimitBytes = parts.resultLimitBytes;
    this.loop = new SlotLoop({
      clock: parts.clock,
      slots: parts.slots,
      outside: parts.outside,
      take: (next) => {
        if (next instanceof Evaluation) this.#start(next);
        else this.#resume(next);
      },
    });
    this.#cancellation = new Cancellation({
      slots: this.loop.slots,
      onUnwanted: (child) => this.#outside.onCancelled(child),
    });
  }

  /** The caller has waited since the slice's last look at the clock: its slot is free for others. Undone by {@link resumeWhenPossible}. */
  suspend(caller: Evaluation, calls: ReentrantCalls): void {
    caller.addOpenCalls(calls);
    caller.waitingFor += 1;
    if (caller.holdsSlot) {
      caller.addSelfTime(this.loop.slice.seenAt);
      if (!caller.hasWaited) this.#selfTimes.noteFirstPart(caller.functionName, caller.selfMs);
      caller.hasWaited = true;
      caller.become("suspended");
      this.loop.slots.release();
    }
    this.#outside.onSuspension(caller);
    this.loop.runSoon();
  }

  /** Its calls are settled: the caller goes on as soon as there is a slot; at once while other calls of it are still open. */
  resumeWhenPossible(calls: ReentrantCalls): void {
    const { caller } = calls;
    if (caller.isDone || caller.waitingFor > 1) {
      caller.goOnAfter(calls);
      calls.resume();
      return;
    }
    if (this.#meter !== undefined && caller.isOwned) calls.resumableSince = this.#clock.now();
    if (caller.span !== undefined) caller.answeredAt = this.#clock.now();
    calls.startedBefore = this.loop.slots.started;
    this.loop.queue.pushResumable(calls);
    this.loop.run();
  }

  /** Settles an evaluation with an outcome from any source; later outcomes of it are ignored. */
  settle(evaluation: Evaluation, settled: EvaluationResult): void {
    if (evaluation.isDone) return;
    const wasStarted = evaluation.isStarted;
    // what others have evaluated says nothing of whether the functions that run here get anywhere, see isStuck
    const now = evaluation.holdsSlot ? this.loop.slice.now() : this.#clock.now();
    if (evaluation.holdsSlot) {
      evaluation.addSelfTime(now);
      this.loop.slots.release();
    }
    evaluation.become("done");
    settled.noteMaker(evaluation.code, evaluation.stamp);
    evaluation.settled = settled;
    if (evaluation.cancelTimers !== undefined) evaluation.cancelAllTimers();
    if (wasStarted) this.#selfTimes.note(evaluation.functionName, evaluation.selfMs, settled.isError);
    this.#outside.onSettled(evaluation, now);
    if (evaluation.openCalls !== undefined && evaluation.openCalls.length > 0)
      this.#cancellation.cancelChildren(evaluation, "its caller is done");
    // evaluations that were given up meanwhile have been notified
    for (const { calls, index } of evaluation.waiters)
      if (calls.children[index] === evaluation) calls.settle(index, settled);
    this.loop.run();
  }

  /** Settles an evaluation whose function may still run: its signal is aborted. */
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

  /** Stops evaluations whose outcomes are no longer wanted; the functions learn it from their signals and their open calls. */
  abandon(evaluations: Iterable<Evaluation>, reason: string): void {
    this.#cancellation.cancel(evaluations, reason);
    if (!this.#cancellation.isBusy) this.loop.run();
  }

  /** Gives up what is still open of these calls. */
  cancelCalls(calls: ReentrantCalls, reason: string): void {
    this.#cancellation.cancelCalls(calls, reason);
    if (!this.#cancellation.isBusy) this.loop.run();
  }

  #start(evaluation: Evaluation): void {
    const { definition } = evaluation;
    this.loop.slots.start(evaluation, this.loop.slice.now());
    if (definition === undefined) {
      this.settle(evaluation, EvaluationResult.ofError(unknownFunction(evaluation)));
      return;
    }
    evaluation.stamp = this.#standing.stamp(definition);
    evaluation.code = this.#standing.codeOf(definition);
    this.#outside.onStart(evaluation);
    runFunction(evaluation, this.#resultLimitBytes, this.#settle);
  }

  readonly #settle = (evaluation: Evaluation, settled: EvaluationResult): void => this.settle(evaluation, settled);

  #resume(calls: ReentrantCalls): void {
    const { caller, resumableSince } = calls;
    calls.resumableSince = undefined;
    if (resumableSince !== undefined) this.#meter?.resumed(this.#clock.now() - resumableSince);
    caller.goOnAfter(calls);
    if (!caller.isDone && caller.waitingFor === 0 && !caller.holdsSlot) {
      this.loop.slots.take(caller, this.loop.slice.now());
      this.#outside.onSuspension(caller);
    }
    calls.resume();
  }
}

function unknownFunction({ functionName, payload }: Evaluation): ReturnType<typeof errorTree> {
  return errorTree("UNKNOWN_FUNCTION", `this worker has no function "${functionName}"`, payload);
}
