/**
 * One worker: joins its pool, gets work, evaluates it, and hands outcomes in. What its parts have to tell and ask goes to the
 * statekeeper once in a turn of the event loop, all together; outcomes may wait for those of the next few turns.
 */
import { type GridError, isGridError, randomId, within } from "@callgrid/core";
import type { WorkerVitals } from "@callgrid/health";
import { type Claim, forgedOutcome, type InboxListener, type InboxMessage } from "@callgrid/statekeeper";
import type { Evaluation } from "./evaluation/evaluation.ts";
import type { Workload } from "./pool/claim-size.ts";
import { RequestLog } from "./telemetry/request-log.ts";
import { assembleWorker, type WorkerAssembly, type WorkerEvents, type WorkerParts } from "./worker-parts.ts";
import { type WorkerState, workerState } from "./worker-state.ts";

export type { WorkerParts } from "./worker-parts.ts";

/** A statekeeper that does not answer must not keep a worker from ending, in ms; its lease cleans up after it. */
const leaveGraceMs = 5_000;

/** Whoever writes one request under the id of another may write many, in ms. */
const warnEveryMs = 60_000;

/** Functions that are expected to take no longer than this all together do not keep the worker from its next turn for long, in ms. */
const soonMs = 50;

export class Worker implements WorkerEvents {
  readonly id: string;
  readonly #parts: WorkerParts;
  readonly #own: WorkerAssembly;
  readonly #requestLog: RequestLog | undefined;
  #inbox: InboxListener | undefined;
  #isExchangeScheduled = false;
  #leaving: Promise<void> | undefined;
  #claimed = 0;
  #warnedOfForgedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: WorkerParts) {
    this.id = parts.id;
    const log = parts.log.child({ pool: parts.keeper.pool, worker: parts.id });
    this.#parts = { ...parts, log };
    this.#requestLog = RequestLog.of(log);
    this.#own = assembleWorker(this.#parts, this);
  }

  /** What it has in hand now. */
  inspect(): WorkerState {
    const { evaluator, inFlight, visible } = this.#own;
    return workerState(evaluator, [...inFlight.values(), ...visible.values()]);
  }

  /** What it has counted since its start, and holds now. */
  get vitals(): WorkerVitals {
    const { evaluator, inFlight, recent, selfTimes } = this.#own;
    let suspended = 0;
    for (const { state } of inFlight.values()) if (state === "suspended") suspended += 1;
    return {
      running: evaluator.runningCount,
      suspended,
      claimed: this.#claimed,
      memoryHits: recent.hits,
      memoryMisses: recent.misses,
      functions: selfTimes.counts(),
    };
  }

  async start(): Promise<void> {
    const { membership, requester, heartbeat, maintenance } = this.#own;
    await heartbeat.prepare();
    await membership.join();
    this.#parts.log.info("joined the pool");
    this.#inbox = this.#parts.keeper.listen(this.id, {
      onMessages: (messages) => this.#receive(messages),
      onReconnect: () => this.#afterReconnect(),
    });
    await Promise.all([requester.start(), heartbeat.start(), maintenance.start()]);
    this.onChange();
  }

  /**
   * Stops in peace: claims no more, gives back what has not started or waits for others, finishes what runs for at most
   * `timeoutMs`, and leaves the pool. {@link Worker.stop} cuts it short.
   */
  async drain(timeoutMs: number): Promise<void> {
    const { claimer, membership, drain } = this.#own;
    membership.stop();
    drain.begin();
    // not waited for: it may be that the statekeeper does not answer
    void claimer.stop();
    await drain.idleWithin(timeoutMs);
    await this.stop();
  }

  /** Stops at once: what runs is given up, and goes back to the pool. */
  stop(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  onSettled(evaluation: Evaluation, now: number): void {
    if (this.#requestLog !== undefined && (evaluation.isOwned || evaluation.isCopy) && evaluation.stamp !== "")
      this.#requestLog.settled(evaluation, now - evaluation.startedAt);
    this.#own.tracer?.settled(evaluation);
    this.#own.outcomeHandler.note(evaluation, now);
  }

  onCancelled(child: Evaluation): void {
    // what runs may finish, and nothing else is left of a drain: whoever evaluates the callers again wants it cached
    if (!this.#own.drain.isUnderWay) this.#own.outcomeHandler.dropUnwanted(child);
  }

  onSuspension(evaluation: Evaluation): void {
    this.#own.tracer?.turned(evaluation);
    if (evaluation.isOwned) {
      this.#own.marker.note(evaluation);
      this.#requestLog?.turned(evaluation);
    }
    if (evaluation.state === "suspended") this.#own.drain.noteSuspension();
  }

  onChange(): void {
    this.#own.returner.giveUpRevoked();
    this.#own.drain.noteChange();
    if (this.#isExchangeScheduled) return;
    this.#isExchangeScheduled = true;
    this.#parts.clock.turn(() => this.#exchange());
  }

  onSliceEnd(): void {
    this.#own.sharer.share();
  }

  onFull(): void {
    this.#own.sharer.shareIfStuck();
  }

  onStart(evaluation: Evaluation): void {
    this.#own.tracer?.started(evaluation);
    if (evaluation.isOwned || evaluation.isCopy) this.#requestLog?.started(evaluation);
  }

  onLimited(evaluation: Evaluation): void {
    this.#own.limits.note(evaluation);
  }

  workload(): Omit<Workload, "isVolunteer" | "foundQueuesEmpty"> {
    const { evaluator, visible } = this.#own;
    const { freeSlots, runningMs, queue } = evaluator;
    const { hasWork, ready, stack, isQuarantined } = queue;
    const { isOpenToRoots } = visible;
    return {
      ...{ freeSlots, hasWork, hasStacked: !stack.isEmpty, runningMs, readyMs: ready.expectedMs },
      ...{ isOpenToRoots, isQuarantined },
    };
  }

  /** Idle and not open to roots, it is no volunteer, and nobody tells it of children that are queued outside. */
  get #isStarved(): boolean {
    const { freeSlots, hasWork, isOpenToRoots } = this.workload();
    return freeSlots > 0 && !hasWork && !isOpenToRoots;
  }

  onClaims(claims: readonly Claim[]): void {
    const { drain, intake, evaluator, maintenance } = this.#own;
    maintenance.noteClaims(claims);
    if (drain.isUnderWay) {
      this.release(claims.map(({ id }) => id));
      return;
    }
    this.#claimed += claims.length;
    this.#requestLog?.claimed(claims);
    for (const claim of claims) intake.take(claim);
    evaluator.wake();
  }

  onRefused(claim: Claim): void {
    this.release([claim.id]);
    void this.#own.membership.readFunctions();
  }

  onForged({ id, payload }: Claim): void {
    const now = this.#parts.clock.now();
    this.#own.completer.add({ id, outcome: forgedOutcome(payload), ttlMs: 0, stamp: "-#0" }, now);
    this.onChange();
    if (now - this.#warnedOfForgedAt < warnEveryMs) return;
    this.#warnedOfForgedAt = now;
    this.#parts.log.warn({ requestId: id }, "request refused: its id is that of another one");
  }

  onNews(): void {
    this.#own.claimer.invalidate();
    this.onChange();
  }

  onVolunteers(count: number): void {
    this.#own.claimer.volunteers = count;
  }

  onOpened(): void {
    this.#own.claimer.noteOpened();
  }

  onAbandoned(ids: readonly string[]): void {
    this.#own.outcomeHandler.cancel(ids);
  }

  onRound(): Promise<void> {
    const { completer, marker, cycleFinder } = this.#own;
    if (this.#isStarved) this.onNews();
    completer.flushReports();
    marker.flushProgress();
    return cycleFinder.look();
  }

  onError(error: unknown): void {
    if (this.#own.drain.isUnderWay) return;
    if (isGridError(error, "INCOMPATIBLE_VERSION")) this.#endBecauseOf(error);
    else this.#parts.log.warn({ err: error }, "statekeeper call failed");
  }

  /** The pool is that of others now: nothing that this worker asks or hands in is answered any more. */
  #endBecauseOf(error: GridError): void {
    if (this.#leaving !== undefined) return;
    this.#parts.log.error({ err: error }, "worker ended: other processes have taken its pool over");
    this.#parts.onRefused?.(error);
  }

  release(ids: readonly string[]): void {
    this.#parts.keeper.release(this.id, ids).catch((error) => this.onError(error));
  }

  /** What has settled is handed in first: it would be given again as something that the worker has lost. */
  ownedIds(): string[] {
    this.#own.completer.flush();
    return this.#own.visible.ownedIds();
  }

  /** Another turn like this comes within a few ms, and nobody is known to be idle who might wait for an outcome. */
  get #isSoonBack(): boolean {
    const { evaluator, claimer } = this.#own;
    return claimer.volunteers === 0 && evaluator.isPausing && evaluator.isSoonThrough(soonMs);
  }

  /** Tells the statekeeper what happened since the last turn, and asks it for work. */
  #exchange(): void {
    const { evaluator, marker, completer, claimer, returner } = this.#own;
    this.#isExchangeScheduled = false;
    evaluator.beginSlice();
    returner.watch();
    this.#parts.keeper.gather(() => {
      marker.flush();
      if (this.#isSoonBack) completer.flushIfDue(this.#parts.clock.now());
      else completer.flush();
      claimer.consider();
    });
  }

  #receive(messages: readonly InboxMessage[]): void {
    const { requester, membership, recent, claimer, evaluator } = this.#own;
    const claims: Claim[] = [];
    const copies: Claim[] = [];
    for (const message of messages) {
      if (requester.receive(message)) continue;
      if (message.kind === "run") claims.push(message.claim);
      else if (message.kind === "copy") copies.push(message.claim);
      else if (message.kind === "cancel") this.#cancel(message.id);
      // keys of plain requests are no ids, so all that is remembered goes: forgetting is rare
      else if (message.kind === "forget") recent.clear();
      else void membership.readFunctions();
    }
    if (claims.length > 0) {
      claimer.invalidate();
      this.onClaims(claims);
    }
    if (copies.length > 0) this.#takeCopies(copies);
    evaluator.wake();
  }

  /** What it has not heard of was given to it as a volunteer, and is gone again. */
  #cancel(id: string): void {
    const { visible, claimer, outcomeHandler } = this.#own;
    if (visible.get(id) === undefined) claimer.invalidate();
    outcomeHandler.cancel([id]);
  }

  /** The pool no longer has this worker for a volunteer. */
  #takeCopies(copies: readonly Claim[]): void {
    const { drain, intake, claimer } = this.#own;
    claimer.invalidate();
    if (!drain.isUnderWay) for (const copy of copies) intake.takeCopy(copy);
    this.onChange();
  }

  #afterReconnect(): void {
    const { requester, maintenance } = this.#own;
    requester.recheckAll();
    maintenance.reconcileSoon();
    this.onNews();
  }

  async #leave(): Promise<void> {
    const { membership, maintenance, limits, drain, heartbeat } = this.#own;
    membership.stop();
    void maintenance.stop();
    limits.stop();
    drain.end();
    await heartbeat.stop();
    await within(this.#parts.clock, leaveGraceMs, this.#sayGoodbye());
    await this.#inbox?.close();
    this.#parts.log.info("left the pool");
  }

  async #sayGoodbye(): Promise<void> {
    const { claimer, completer, marker, requester } = this.#own;
    await claimer.stop();
    await completer.settled();
    await marker.settled();
    await this.#parts.keeper.leave(this.id).catch((error) => this.onError(error));
    await requester.stop();
  }
}

/** A new worker's id within its pool: short, since it stands in every claim. */
export function newWorkerId(): string {
  return `w${randomId()
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 11)}`;
}
