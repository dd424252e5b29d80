/**
 * One worker: joins its pool, gets work, evaluates it, and hands outcomes in. This file ties the parts together and holds what
 * is between them: which evaluations the pool knows of, and what happens when one settles.
 */
import { type Clock, GridError, type OutcomeText, randomId, requestId } from "@callgrid/core";
import { type Claim, type InboxListener, type InboxMessage, type PoolKeeper, Requester } from "@callgrid/statekeeper";
import type { Logger } from "pino";
import { CallMaker } from "./call-maker.ts";
import { Claimer } from "./claimer.ts";
import { Completer } from "./completer.ts";
import { CycleFinder } from "./cycle-finder.ts";
import { Evaluation } from "./evaluation.ts";
import { Evaluator, type Outside } from "./evaluator.ts";
import { FunctionHost } from "./function-host.ts";
import { type FunctionRegistry, FunctionStanding } from "./function-registry.ts";
import type { Heartbeat, HeartbeatOptions } from "./heartbeat.ts";
import { RecentResults } from "./recent-results.ts";
import { SelfTimes } from "./self-times.ts";
import { Settled } from "./settled.ts";
import { Sharer } from "./sharer.ts";
import { SuspensionMarker } from "./suspension-marker.ts";
import { TimeLimits } from "./time-limits.ts";
import { Upkeep } from "./upkeep.ts";
import type { WorkerOptionsResolved } from "./worker-options.ts";

/** Unshared results of evaluations that took longer than this are worth a place in the statekeeper, in ms. */
const dearMs = 1;
/** What is assumed of a function that was never measured, in ms. */
const unknownMs = 1_000;

/** What a worker is made of. */
export interface WorkerParts {
  readonly id: string;
  readonly keeper: PoolKeeper;
  readonly registry: FunctionRegistry;
  readonly options: WorkerOptionsResolved;
  readonly clock: Clock;
  readonly log: Logger;
  readonly description: Readonly<Record<string, unknown>>;
  readonly makeHeartbeat: (options: HeartbeatOptions) => Heartbeat;
}

export class Worker implements Outside {
  readonly id: string;
  readonly #parts: WorkerParts;
  readonly #standing: FunctionStanding;
  readonly #selfTimes = new SelfTimes();
  readonly #recent: RecentResults;
  readonly #evaluator: Evaluator;
  readonly #calls: CallMaker;
  readonly #host: FunctionHost;
  readonly #requester: Requester;
  readonly #claimer: Claimer;
  readonly #completer: Completer;
  readonly #sharer: Sharer;
  readonly #marker: SuspensionMarker;
  readonly #limits: TimeLimits;
  readonly #upkeep: Upkeep;
  readonly #heartbeat: Heartbeat;
  /** What the pool knows as running here, or as waited for from here, by id. */
  readonly #visible = new Map<string, Evaluation>();
  #ownedCount = 0;
  #ownedBytes = 0;
  #readyMs = 0;
  #runningMs = 0;
  #inbox: InboxListener | undefined;
  #isExchangeScheduled = false;
  #isJoining = false;
  #isDraining = false;
  #whenIdle: (() => void) | undefined;
  #stopping: Promise<void> | undefined;

  constructor(parts: WorkerParts) {
    const { id, keeper, options, clock, log } = parts;
    this.id = id;
    this.#parts = parts;
    const onError = (error: unknown): void => this.#tellError(error);
    this.#standing = new FunctionStanding(parts.registry);
    this.#recent = new RecentResults({ entries: options.recentResultsLimit, bytes: options.recentResultsLimitBytes });
    this.#evaluator = new Evaluator({
      clock,
      standing: this.#standing,
      selfTimes: this.#selfTimes,
      outside: this,
      slots: options.slots,
      resultLimitBytes: options.payloadLimitBytes,
    });
    this.#calls = new CallMaker({
      clock,
      standing: this.#standing,
      selfTimes: this.#selfTimes,
      recent: this.#recent,
      stack: this.#evaluator.stack,
      isEager: options.sharing === "eager",
      payloadLimitBytes: options.payloadLimitBytes,
      ask: (evaluation, toOwnQueue) => this.#ask(evaluation, toOwnQueue),
    });
    this.#requester = new Requester({
      keeper,
      process: id,
      leaseMs: 0,
      clock,
      checkEveryMs: options.checkEveryMs,
      queueLimit: 0,
      isStarved: () => this.#isStarved(),
      onResubmit: () => this.#noteOwnWork(),
      onError,
    });
    this.#completer = new Completer({ keeper, worker: id, selfTimes: this.#selfTimes, onError });
    this.#claimer = new Claimer({
      keeper,
      worker: id,
      clock,
      standing: this.#standing,
      workload: () => this.#workload(),
      beforeClaim: () => this.#requester.flush(),
      onClaims: (claims) => this.#takeClaims(claims),
      onStaleTable: () => this.#readFunctions(),
      onUnknown: () => this.#join(),
      onError,
    });
    this.#sharer = new Sharer({ clock, stack: this.#evaluator.stack, share: (evaluation) => this.#ask(evaluation, true) });
    this.#marker = new SuspensionMarker({ keeper, worker: id, onError });
    this.#limits = new TimeLimits({ clock, settle: (evaluation, settled) => this.#settleFromOutside(evaluation, settled) });
    const cycleFinder = new CycleFinder({
      keeper,
      worker: id,
      clock,
      visible: this.#visible,
      settle: (evaluation, settled) => this.#settleFromOutside(evaluation, settled),
    });
    this.#upkeep = new Upkeep({
      clock,
      keeper,
      worker: id,
      leaseMs: options.leaseMs,
      maxAttempts: options.maxAttempts,
      ownedIds: () => this.#ownedIds(),
      onReconcile: () => this.#volunteerAgain(),
      onClaims: (claims) => this.#takeClaims(claims),
      onAbandoned: (abandoned) => this.#cancel(abandoned),
      onRound: () => {
        this.#completer.flushReports();
        this.#marker.flushProgress();
        return cycleFinder.look();
      },
      onError,
    });
    this.#heartbeat = parts.makeHeartbeat({ worker: id, leaseMs: options.leaseMs, onLost: () => void this.#join() });
    this.#host = new FunctionHost({
      evaluator: this.#evaluator,
      calls: this.#calls,
      pool: keeper.pool,
      workerId: id,
      log,
      onProgress: (evaluation, done, total) => this.#marker.noteProgress(evaluation, done, total),
    });
  }

  async start(): Promise<void> {
    await this.#join();
    this.#inbox = this.#parts.keeper.listen(this.id, {
      onMessages: (messages) => this.#receive(messages),
      onReconnect: () => this.#afterReconnect(),
    });
    this.#requester.start();
    this.#heartbeat.start();
    this.#upkeep.start();
    this.#exchange();
  }

  /**
   * Stops in peace: claims no more, gives back what has not started or waits for others, finishes what runs for at most
   * `timeoutMs`, and leaves the pool.
   */
  async drain(timeoutMs: number): Promise<void> {
    if (!this.#isDraining) {
      this.#isDraining = true;
      await this.#claimer.stop();
      this.#giveBack(this.#evaluator.takeReady());
      this.#releaseSuspended();
      await this.#idleWithin(timeoutMs);
    }
    await this.stop();
  }

  /** Stops at once, also while it drains: what runs is given up, and goes back to the pool. */
  stop(): Promise<void> {
    this.#whenIdle?.();
    this.#stopping ??= this.#leave();
    return this.#stopping;
  }

  async #leave(): Promise<void> {
    this.#isDraining = true;
    await this.#claimer.stop();
    this.#upkeep.stop();
    this.#limits.stop();
    await this.#heartbeat.stop();
    await this.#completer.settled();
    await this.#marker.settled();
    await this.#inbox?.close();
    await this.#parts.keeper.leave(this.id).catch((error) => this.#tellError(error));
    await this.#requester.stop();
  }

  onSettled(evaluation: Evaluation): void {
    const { settled, key, mode, definition } = evaluation;
    if (this.#calls.inFlight.get(key) === evaluation) this.#calls.inFlight.delete(key);
    if (settled === undefined) return;
    const isKept = !settled.isError && definition !== undefined && definition.cacheTtlMs > 0 && mode !== "bypass";
    if (isKept) this.#remember(evaluation, settled);
    if (evaluation.isOwned) {
      this.#complete(evaluation, settled, isKept);
    } else if (isKept && evaluation.ask === undefined && this.#parts.clock.now() - evaluation.startedAt >= dearMs) {
      this.#complete(evaluation, settled, true);
    }
    this.#forgetVisible(evaluation);
    if (evaluation.ask !== undefined) this.#requester.receive({ kind: "outcome", id: evaluation.id, outcome: settled.text });
  }

  onUnwanted(child: Evaluation): void {
    if (this.#isDraining || child.state === "done") return;
    if (child.isOwned) {
      // others may wait for it in the pool; if nobody does, the pool tells to cancel
      child.ask?.withdraw();
      return;
    }
    if (this.#calls.inFlight.get(child.key) === child) this.#calls.inFlight.delete(child.key);
    child.ask?.withdraw();
    this.#forgetVisible(child);
    this.#evaluator.abandon(child, "nobody waits for it any more");
  }

  onSuspension(evaluation: Evaluation): void {
    if (evaluation.isOwned) this.#marker.note(evaluation);
    if (this.#isDraining && evaluation.state === "suspended") queueMicrotask(() => this.#releaseSuspended());
  }

  onChange(): void {
    if (this.#isDraining && this.#evaluator.freeSlots === this.#evaluator.slots) this.#whenIdle?.();
    if (this.#isExchangeScheduled) return;
    this.#isExchangeScheduled = true;
    this.#parts.clock.turn(() => this.#exchange());
  }

  onSlice(): void {
    this.#sharer.share(this.#claimer.volunteers);
  }

  onLimited(evaluation: Evaluation): void {
    this.#limits.note(evaluation, () => this.#watch(evaluation));
    if (!evaluation.isOwned) return;
    this.#watch(evaluation);
    evaluation.addTimer(() => this.#heartbeat.unwatch(evaluation.id));
  }

  /** Lets the heartbeat watch over the limit that comes next: a deadline that this thread heard of is no reason to end it. */
  #watch(evaluation: Evaluation): void {
    const watch = this.#limits.watchOf(evaluation);
    if (watch !== undefined && evaluation.isOwned) this.#heartbeat.watch(watch);
    else this.#heartbeat.unwatch(evaluation.id);
  }

  /** Tells the statekeeper what happened since the last turn, and asks it for work. */
  #exchange(): void {
    this.#isExchangeScheduled = false;
    this.#marker.flush();
    this.#completer.flush();
    if (this.#evaluator.readyCount === 0) this.#readyMs = 0;
    this.#claimer.consider();
  }

  #workload(): ReturnType<ConstructorParameters<typeof Claimer>[0]["workload"]> {
    const { freeSlots, hasWork, readyCount } = this.#evaluator;
    const { suspendedLimit, suspendedLimitBytes } = this.#parts.options;
    const isOpenToRoots = this.#ownedCount < suspendedLimit && this.#ownedBytes < suspendedLimitBytes;
    return { freeSlots, hasWork, readyCount, readyMs: this.#readyMs, runningMs: this.#runningMs, isOpenToRoots };
  }

  #receive(messages: readonly InboxMessage[]): void {
    const claims: Claim[] = [];
    for (const message of messages) {
      if (this.#requester.receive(message)) continue;
      if (message.kind === "run") claims.push(message.claim);
      else if (message.kind === "cancel") this.#cancel([message.id]);
      else if (message.kind === "forget") this.#forget(message.id);
      else void this.#readFunctions();
    }
    if (claims.length > 0) {
      this.#claimer.noteStoodDown();
      this.#takeClaims(claims);
    }
    this.#evaluator.wake();
  }

  #takeClaims(claims: readonly Claim[]): void {
    if (this.#isDraining) {
      this.#release(claims.map(({ id }) => id));
      return;
    }
    for (const claim of claims) this.#takeClaim(claim);
    this.#claimer.consider();
    this.#evaluator.wake();
  }

  #takeClaim(claim: Claim): void {
    // As calls name it: the payload where that is canonical, whoever asked for it in whatever form.
    const key = requestId(claim.payload) === claim.id ? claim.payload : claim.id;
    const known = this.#visible.get(claim.id) ?? this.#calls.inFlight.get(key);
    if (known !== undefined && known.state !== "done") {
      this.#own(known, claim.id);
      if (known.state === "asked" || known.state === "stacked") this.#makeReady(known);
      return;
    }
    const functionName = functionNameIn(claim.payload);
    const definition = this.#standing.current(functionName);
    if (definition === undefined) {
      this.#release([claim.id]);
      void this.#readFunctions();
      return;
    }
    const now = this.#parts.clock.now();
    if (claim.mode === "use") {
      const recent = this.#recent.get(key, this.#standing.stamp(definition), now);
      if (recent !== undefined) {
        this.#completer.add({ id: claim.id, outcome: recent.text, ttlMs: definition.cacheTtlMs, stamp: this.#standing.stamp(definition) });
        this.onChange();
        return;
      }
    }
    const deadlineAt = claim.timeoutMs > 0 ? now + claim.timeoutMs : 0;
    const evaluation = new Evaluation(
      { key, id: claim.id, functionName, payload: claim.payload, primitiveArguments: undefined },
      { host: this.#host, mode: claim.mode, definition, bornAt: now, deadlineAt },
    );
    this.#calls.inFlight.set(key, evaluation);
    this.#own(evaluation, claim.id);
    this.#makeReady(evaluation);
  }

  #makeReady(evaluation: Evaluation): void {
    evaluation.state = "ready";
    const expectedMs = this.#selfTimes.get(evaluation.functionName)?.expectedMs ?? this.#learnedMs(evaluation.functionName);
    this.#readyMs += expectedMs;
    this.#runningMs = expectedMs;
    this.#evaluator.ready.push(evaluation);
  }

  #learnedMs(functionName: string): number {
    const micros = this.#standing.table.functions.get(functionName)?.selfMicros;
    return micros === undefined ? unknownMs : micros / 1_000;
  }

  #own(evaluation: Evaluation, id: string): void {
    if (evaluation.isOwned) return;
    evaluation.isOwned = true;
    this.#visible.set(id, evaluation);
    this.#ownedCount += 1;
    this.#ownedBytes += 2 * evaluation.payload.length;
  }

  #forgetVisible(evaluation: Evaluation): void {
    if (!evaluation.isVisible) return;
    if (this.#visible.get(evaluation.id) === evaluation) this.#visible.delete(evaluation.id);
    if (!evaluation.isOwned) return;
    evaluation.isOwned = false;
    this.#ownedCount -= 1;
    this.#ownedBytes -= 2 * evaluation.payload.length;
    this.#claimer.noteOpened();
  }

  /** Puts a call into the pool's hands, and waits for its outcome like any caller. */
  #ask(evaluation: Evaluation, toOwnQueue: boolean): void {
    evaluation.state = "asked";
    // The pool would take it for the evaluation that has just ended, and tell this worker nothing.
    this.#completer.flushIfWaiting(evaluation.id);
    const now = this.#parts.clock.now();
    const timeoutMs = evaluation.deadlineAt > 0 ? Math.max(1, Math.ceil(evaluation.deadlineAt - now)) : 0;
    const { id, payload } = evaluation;
    evaluation.ask = this.#requester.ask({ id, payload, timeoutMs }, toOwnQueue ? this.id : undefined, (outcome) =>
      this.#takeOutcome(evaluation, outcome),
    );
    this.#visible.set(id, evaluation);
    if (toOwnQueue) this.#claimer.noteOwnWork();
    this.onChange();
  }

  /** Idle and not open to roots: children that were put back on the pool's queue are out of reach then. */
  #isStarved(): boolean {
    const { freeSlots, hasWork, isOpenToRoots } = this.#workload();
    return freeSlots > 0 && !hasWork && !isOpenToRoots;
  }

  /** Something is on the own queue again, of which the pool says nothing: claim it. */
  #noteOwnWork(): void {
    this.#claimer.noteOwnWork();
    this.onChange();
  }

  #takeOutcome(evaluation: Evaluation, outcome: OutcomeText): void {
    if (evaluation.state !== "done") this.#settleFromOutside(evaluation, Settled.ofText(outcome), true);
  }

  /** `isRecorded`: the statekeeper has this outcome already, so it is not handed in. */
  #settleFromOutside(evaluation: Evaluation, settled: Settled, isRecorded = false): void {
    if (isRecorded) this.#forgetVisible(evaluation);
    evaluation.abort?.abort(new GridError("CANCELLED", "its outcome is known already"));
    this.#evaluator.settle(evaluation, settled);
  }

  #complete(evaluation: Evaluation, settled: Settled, isKept: boolean): void {
    const { id, definition, stamp } = evaluation;
    const ttlMs = isKept ? (definition?.cacheTtlMs ?? 0) : 0;
    this.#completer.add({ id, outcome: settled.text, ttlMs, stamp: stamp === "" ? "-#0" : stamp });
  }

  #remember(evaluation: Evaluation, settled: Settled): void {
    const { definition, key } = evaluation;
    if (definition === undefined) return;
    const stamp = evaluation.stamp === "" ? this.#standing.stamp(definition) : evaluation.stamp;
    this.#recent.put(key, { settled, stamp, until: this.#parts.clock.now() + definition.cacheTtlMs });
  }

  /** Nobody in the pool waits for these any more, or others have finished them. */
  #cancel(ids: readonly string[]): void {
    for (const id of ids) {
      const evaluation = this.#visible.get(id);
      if (evaluation === undefined || !evaluation.isOwned || evaluation.state === "done") continue;
      if (evaluation.waiters.length > 0 && evaluation.ask === undefined) {
        // a call of a function of this worker joined it: it goes on for that one alone
        this.#forgetVisible(evaluation);
        continue;
      }
      if (evaluation.waiters.length > 0) continue;
      if (this.#calls.inFlight.get(evaluation.key) === evaluation) this.#calls.inFlight.delete(evaluation.key);
      this.#forgetVisible(evaluation);
      this.#evaluator.abandon(evaluation, "nobody waits for it any more");
    }
  }

  #forget(id: string): void {
    // keys of plain requests are not ids, so what is remembered goes as a whole: forgetting is rare
    if (id !== "") this.#recent.clear();
  }

  #giveBack(evaluations: readonly Evaluation[]): void {
    for (const evaluation of evaluations) {
      if (this.#calls.inFlight.get(evaluation.key) === evaluation) this.#calls.inFlight.delete(evaluation.key);
      this.#forgetVisible(evaluation);
      evaluation.state = "asked";
    }
    this.#release(evaluations.map(({ id }) => id));
  }

  #releaseSuspended(): void {
    const suspended = [...this.#visible.values()].filter(({ isOwned, state }) => isOwned && state === "suspended");
    this.#release(suspended.map(({ id }) => id));
    for (const evaluation of suspended) {
      this.#forgetVisible(evaluation);
      this.#evaluator.abandon(evaluation, "its worker stops; another one evaluates it again");
    }
  }

  #release(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.#parts.keeper.release(this.id, ids).catch((error) => this.#tellError(error));
  }

  #ownedIds(): string[] {
    return [...this.#visible].filter(([, evaluation]) => evaluation.isOwned).map(([id]) => id);
  }

  #idleWithin(timeoutMs: number): Promise<void> {
    if (this.#evaluator.freeSlots === this.#evaluator.slots) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(timeoutMs, resolve);
      this.#whenIdle = () => {
        cancel();
        resolve();
      };
    });
  }

  async #join(): Promise<void> {
    if (this.#isJoining || this.#isDraining) return;
    this.#isJoining = true;
    try {
      const { keeper, registry, options, description } = this.#parts;
      const functions = registry.versions;
      const table = await keeper.join({ id: this.id, kind: "worker", leaseMs: options.leaseMs, description, functions });
      this.#standing.update(table);
      this.#claimer.noteStoodDown();
      this.#parts.log.info({ worker: this.id, pool: keeper.pool }, "joined the pool");
    } finally {
      this.#isJoining = false;
    }
    this.onChange();
  }

  async #readFunctions(): Promise<void> {
    try {
      this.#standing.update(await this.#parts.keeper.functions());
      this.#claimer.noteStoodDown();
    } catch (error) {
      this.#tellError(error);
    }
    this.onChange();
  }

  #afterReconnect(): void {
    this.#requester.recheckAll();
    this.#upkeep.reconcileSoon();
    this.#volunteerAgain();
  }

  /** The message that took it off the volunteers may have got lost, and then it would wait for ever. */
  #volunteerAgain(): void {
    this.#claimer.noteStoodDown();
    this.onChange();
  }

  #tellError(error: unknown): void {
    if (this.#isDraining) return;
    this.#parts.log.warn({ worker: this.id, err: error }, "the statekeeper could not be told or asked");
  }
}

function functionNameIn(payload: string): string {
  const start = payload.indexOf('["') + 2;
  return payload.slice(start, payload.indexOf('"', start));
}

/** A new worker's id within its pool: short, since it stands in every claim. */
export function newWorkerId(): string {
  return `w${randomId().replace(/[^A-Za-z0-9]/g, "").slice(0, 11)}`;
}
