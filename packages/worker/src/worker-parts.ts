import { type ErrorCode, type GridError, isAddressedId, isGridError } from "@callgrid/core";
import { Requester } from "@callgrid/statekeeper";
import { CallMaker } from "./calls/call-maker.ts";
import { FunctionHost } from "./calls/function-host.ts";
import { KeptValues } from "./calls/kept-values.ts";
import { PoolCaller } from "./calls/pool-caller.ts";
import { Returner } from "./calls/returner.ts";
import { Sharer } from "./calls/sharer.ts";
import { Evaluator } from "./evaluation/evaluator.ts";
import { TimeLimits } from "./evaluation/time-limits.ts";
import { ClaimDesk } from "./exchange/claim-desk.ts";
import { EvaluationEvents } from "./exchange/evaluation-events.ts";
import { Exchange } from "./exchange/exchange.ts";
import { InboxRouter } from "./exchange/inbox-router.ts";
import type { Heartbeat } from "./heartbeat/heartbeat.ts";
import { ClaimIntake } from "./pool/claim-intake.ts";
import type { OwnWorkload } from "./pool/claim-size.ts";
import { Claimer } from "./pool/claimer.ts";
import { Completer } from "./pool/completer.ts";
import { CycleFinder } from "./pool/cycle-finder.ts";
import { Drain } from "./pool/drain.ts";
import { Maintenance } from "./pool/maintenance.ts";
import { Membership } from "./pool/membership.ts";
import { OutcomeHandler } from "./pool/outcome-handler.ts";
import { SuspensionReporter } from "./pool/suspension-reporter.ts";
import { Verifier } from "./pool/verifier.ts";
import { workloadOf } from "./pool/workload.ts";
import { WorkerBasis } from "./worker-basis.ts";

/** Codes with which a pool refuses a worker for good. */
const refusalCodes: ReadonlySet<ErrorCode> = new Set(["INCOMPATIBLE_VERSION", "INVALID_OPTION"]);

function isRefusal(error: unknown): error is GridError {
  return isGridError(error) && refusalCodes.has(error.code);
}

/**
 * The parts of a worker, by name, and what each works with. They are made in this order; a part gets what is made later by a function.
 * Nothing else happens in here.
 */
export class WorkerAssembly extends WorkerBasis {
  readonly #id = this.given.id;
  readonly #clock = this.given.clock;
  readonly #keeper = this.given.keeper;
  readonly #options = this.given.options;

  /** Logs a call of the statekeeper that has failed. A worker that leaves need not know. */
  readonly onError = (error: unknown): void => {
    if (this.drain.isUnderWay) return;
    if (isRefusal(error)) this.#endBecauseOf(error);
    else this.log.warn({ err: error }, "statekeeper call failed");
  };

  /** The pool, or this worker's name in it, is that of others now. */
  #endBecauseOf(error: GridError): void {
    this.log.error({ err: error }, "worker ended: its pool refuses it");
    this.given.onEnd?.(error);
  }

  /** Gives claimed requests back. */
  readonly #release = (ids: readonly string[]): void => {
    this.#keeper.release(this.#id, ids).catch(this.onError);
  };

  /** The calls here that have waited for these went on, and what they come to is no outcome either. */
  readonly #giveBackOutdated = (ids: readonly string[]): void => {
    const unwanted = ids.filter((id) => this.visible.get(id)?.ask === undefined);
    if (unwanted.length > 0) this.#keeper.withdraw(this.#id, unwanted).catch(this.onError);
    // given back, what is addressed to this worker would fail; as something that the worker does not hold it is given again
    const returned = ids.filter((id) => !isAddressedId(id));
    if (returned.length > 0) this.#release(returned);
    if (returned.length < ids.length) this.maintenance.reconcileSoon();
    void this.membership.readFunctions();
  };

  readonly #schedule = (): void => this.exchange.schedule();
  readonly #askAgain = (): void => this.exchange.askAgain();

  readonly evaluator: Evaluator = new Evaluator({
    clock: this.#clock,
    standing: this.standing,
    selfTimes: this.selfTimes,
    meter: this.given.meter,
    slots: this.#options.slots,
    resultLimitBytes: this.#options.payloadLimitBytes,
    outside: new EvaluationEvents(this),
  });
  readonly #loop = this.evaluator.loop;

  readonly requester: Requester = new Requester({
    keeper: this.#keeper,
    process: this.#id,
    clock: this.#clock,
    leaseMs: 0,
    checkEveryMs: this.#options.checkEveryMs,
    queueLimit: 0,
    isReentrant: true,
    onError: this.onError,
    onResubmit: this.#askAgain,
    onVolunteers: (count) => {
      this.claimer.volunteers = count;
    },
  });

  readonly completer: Completer = new Completer({
    keeper: this.#keeper,
    worker: this.#id,
    selfTimes: this.selfTimes,
    holds: this.given.holds,
    onOutdated: (ids) => this.#giveBackOutdated(ids),
    onError: this.onError,
  });

  readonly marker: SuspensionReporter = new SuspensionReporter({
    keeper: this.#keeper,
    worker: this.#id,
    onError: this.onError,
  });

  readonly #verifier = new Verifier({
    keeper: this.#keeper,
    worker: this.#id,
    requester: this.requester,
    standing: this.standing,
    share: this.#options.verify,
    clock: this.#clock,
    log: this.log,
    onError: this.onError,
  });

  readonly outcomeHandler: OutcomeHandler = new OutcomeHandler({
    standing: this.standing,
    recent: this.recent,
    inFlight: this.inFlight,
    visible: this.visible,
    evaluator: this.evaluator,
    completer: this.completer,
    requester: this.requester,
    verifier: this.#verifier,
    meter: this.given.meter,
    onOpened: () => this.claimer.noteOpened(),
  });

  readonly poolCaller: PoolCaller = new PoolCaller({
    worker: this.#id,
    requester: this.requester,
    completer: this.completer,
    visible: this.visible,
    clock: this.#clock,
    tracer: this.tracer,
    outcomeHandler: this.outcomeHandler,
    onChange: this.#schedule,
    onOwnWork: this.#askAgain,
  });

  readonly #calls = new CallMaker({
    standing: this.standing,
    selfTimes: this.selfTimes,
    recent: this.recent,
    stack: this.#loop.queue.stack,
    inFlight: this.inFlight,
    isEager: this.#options.sharing === "eager",
    payloadLimitBytes: this.#options.payloadLimitBytes,
    poolCaller: this.poolCaller,
  });

  readonly #host = new FunctionHost({
    evaluator: this.evaluator,
    calls: this.#calls,
    marker: this.marker,
    pool: this.#keeper.pool,
    workerId: this.#id,
    log: this.log,
    kept: new KeptValues({
      keeper: this.#keeper,
      worker: this.#id,
      standing: this.standing,
      completer: this.completer,
      clock: this.#clock,
      isAwaited: (id) => this.visible.get(id) !== undefined,
      onKept: this.#schedule,
    }),
  });

  readonly intake: ClaimIntake = new ClaimIntake({
    clock: this.#clock,
    standing: this.standing,
    selfTimes: this.selfTimes,
    recent: this.recent,
    inFlight: this.inFlight,
    visible: this.visible,
    ready: this.#loop.queue.ready,
    completer: this.completer,
    marker: this.marker,
    host: this.#host,
    ask: (evaluation) => this.poolCaller.ask(evaluation, false),
  });

  readonly #returner = new Returner({
    clock: this.#clock,
    loop: this.#loop,
    outcomeHandler: this.outcomeHandler,
    poolCaller: this.poolCaller,
    release: this.#release,
  });

  readonly membership: Membership = new Membership({
    clock: this.#clock,
    keeper: this.#keeper,
    member: {
      id: this.#id,
      kind: "worker",
      leaseMs: this.#options.leaseMs,
      description: { ...this.given.description, instance: this.given.instance },
      functions: this.given.registry.versions,
    },
    notes: this.given.registry.notes,
    standing: this.standing,
    log: this.log,
    onChange: this.#askAgain,
    onError: this.onError,
  });

  readonly #workload = (): OwnWorkload => workloadOf(this.#loop, this.visible);

  readonly claimer: Claimer = new Claimer({
    keeper: this.#keeper,
    worker: this.#id,
    clock: this.#clock,
    holds: this.given.holds,
    standing: this.standing,
    score: this.given.capabilities.score,
    intake: this.intake,
    requester: this.requester,
    membership: this.membership,
    workload: this.#workload,
    hasBegun: () => this.inFlight.size > 0,
    onClaims: (claims) => this.claimDesk.take(claims),
    release: this.#release,
    onError: this.onError,
  });

  readonly sharer: Sharer = new Sharer({
    clock: this.#clock,
    loop: this.#loop,
    volunteers: () => this.claimer.volunteers,
    share: (evaluation) => this.poolCaller.ask(evaluation, true),
  });

  readonly heartbeat: Heartbeat = this.given.makeHeartbeat({
    worker: this.#id,
    instance: this.given.instance,
    leaseMs: this.#options.leaseMs,
    onLost: () => void this.membership.rejoin(),
  });

  readonly limits: TimeLimits = new TimeLimits({
    clock: this.#clock,
    heartbeat: this.heartbeat,
    evaluator: this.evaluator,
  });

  readonly #cycleFinder = new CycleFinder({
    keeper: this.#keeper,
    worker: this.#id,
    clock: this.#clock,
    visible: this.visible,
    evaluator: this.evaluator,
  });

  readonly drain: Drain = new Drain({
    clock: this.#clock,
    evaluator: this.evaluator,
    inFlight: this.inFlight,
    visible: this.visible,
    release: this.#release,
  });

  readonly exchange: Exchange = new Exchange({
    clock: this.#clock,
    keeper: this.#keeper,
    loop: this.#loop,
    selfTimes: this.selfTimes,
    marker: this.marker,
    completer: this.completer,
    claimer: this.claimer,
    returner: this.#returner,
    cycleFinder: this.#cycleFinder,
    drain: this.drain,
    workload: this.#workload,
  });

  readonly maintenance: Maintenance = new Maintenance({
    clock: this.#clock,
    keeper: this.#keeper,
    worker: this.#id,
    leaseMs: this.#options.leaseMs,
    maxAttempts: this.#options.maxAttempts,
    // what has settled is handed in first: it would be given again as something that the worker has lost
    ownedIds: () => {
      this.completer.flush();
      return this.visible.ownedIds();
    },
    onCompared: (isVolunteer) => {
      // the message that took it off the volunteers may have got lost, and then it would wait forever
      if (!isVolunteer || !this.claimer.isVolunteer) this.#askAgain();
    },
    onClaims: (claims) => this.claimDesk.take(claims),
    onAbandoned: (ids) => this.outcomeHandler.cancel(ids),
    onRound: () => this.exchange.round(),
    onError: this.onError,
  });

  readonly claimDesk: ClaimDesk = new ClaimDesk({
    clock: this.#clock,
    log: this.log,
    requestLog: this.requestLog,
    loop: this.#loop,
    intake: this.intake,
    completer: this.completer,
    membership: this.membership,
    maintenance: this.maintenance,
    drain: this.drain,
    exchange: this.exchange,
    release: this.#release,
  });

  readonly inboxRouter: InboxRouter = new InboxRouter({
    requester: this.requester,
    loop: this.#loop,
    visible: this.visible,
    recent: this.recent,
    claimer: this.claimer,
    claimDesk: this.claimDesk,
    outcomeHandler: this.outcomeHandler,
    membership: this.membership,
    maintenance: this.maintenance,
    exchange: this.exchange,
  });
}
