/**
 * What a worker is made of, and how its parts are tied together. Nothing happens in here but that.
 */
import { type Capabilities, type Clock, type GridError, RebuiltMap } from "@callgrid/core";
import { type Claim, type PoolKeeper, Requester } from "@callgrid/statekeeper";
import type { Tracing } from "@callgrid/tracing";
import type { Logger } from "pino";
import { CallMaker } from "./calls/call-maker.ts";
import { FunctionHost } from "./calls/function-host.ts";
import { PoolCaller } from "./calls/pool-caller.ts";
import { Returner } from "./calls/returner.ts";
import { Sharer } from "./calls/sharer.ts";
import type { Evaluation } from "./evaluation/evaluation.ts";
import { Evaluator, type EvaluatorEvents } from "./evaluation/evaluator.ts";
import { SelfTimes } from "./evaluation/run-times.ts";
import { TimeLimits } from "./evaluation/time-limits.ts";
import type { WorkerMeter } from "./evaluation/worker-meter.ts";
import { type FunctionRegistry, FunctionStanding } from "./functions/function-registry.ts";
import type { Heartbeat, HeartbeatOptions } from "./heartbeat/heartbeat.ts";
import type { HoldBoard } from "./heartbeat/hold-board.ts";
import { ClaimIntake } from "./pool/claim-intake.ts";
import type { Workload } from "./pool/claim-size.ts";
import { Claimer } from "./pool/claimer.ts";
import { Completer } from "./pool/completer.ts";
import { CycleFinder } from "./pool/cycle-finder.ts";
import { Drain } from "./pool/drain.ts";
import { Maintenance } from "./pool/maintenance.ts";
import { Membership } from "./pool/membership.ts";
import { OutcomeHandler } from "./pool/outcome-handler.ts";
import { PoolEvaluations } from "./pool/pool-evaluations.ts";
import { SuspensionReporter } from "./pool/suspension-reporter.ts";
import { RecentResults } from "./results/recent-results.ts";
import { RequestTracer } from "./telemetry/request-tracer.ts";
import type { WorkerOptionsResolved } from "./worker-options.ts";

/** What a worker is made from. */
export interface WorkerParts {
  readonly id: string;
  readonly keeper: PoolKeeper;
  readonly registry: FunctionRegistry;
  readonly options: WorkerOptionsResolved;
  readonly clock: Clock;
  readonly log: Logger;
  readonly description: Readonly<Record<string, unknown>>;
  readonly capabilities: Capabilities;
  /** Where another thread sees what the worker holds; absent: none does. */
  readonly holds?: HoldBoard | undefined;
  /** Called where the worker ends by itself, because the pool refuses it for good. */
  readonly onRefused?: ((error: GridError) => void) | undefined;
  readonly makeHeartbeat: (options: HeartbeatOptions) => Heartbeat;
  /** Told of evaluations that came from the pool; absent: nobody is. */
  readonly meter?: WorkerMeter | undefined;
  /** Absent: nobody traces. */
  readonly tracing?: Tracing | undefined;
}

/** What the parts tell the worker, and ask it. */
export interface WorkerEvents extends EvaluatorEvents {
  workload(): Omit<Workload, "isVolunteer" | "foundQueuesEmpty">;
  onClaims(claims: readonly Claim[]): void;
  /** This worker cannot evaluate what it claimed. */
  onRefused(claim: Claim): void;
  /** A claim's payload is not that of its id. */
  onForged(claim: Claim): void;
  /** What was known of the pool, or what it knew of this worker, is outdated. */
  onNews(): void;
  /** So many members of the pool are idle. */
  onVolunteers(count: number): void;
  /** The bound on what is owned lets roots in again. */
  onOpened(): void;
  /** Gives claimed requests back. */
  release(ids: readonly string[]): void;
  ownedIds(): string[];
  onAbandoned(ids: readonly string[]): void;
  onRound(): Promise<void>;
  onError(error: unknown): void;
}

/** The parts of a worker. */
export type WorkerAssembly = ReturnType<typeof assembleWorker>;

/** Makes the parts, and ties them to each other and to the worker. */
export function assembleWorker(parts: WorkerParts, ties: WorkerEvents) {
  const state = makeState(parts, ties);
  const work = assembleWork(parts, ties, state);
  const pool = assemblePoolSide(parts, ties, { ...state, ...work });
  return { ...state, ...work, ...pool };
}

/** What all parts share. */
function makeState(
  { id, keeper, clock, registry, options, capabilities, holds, meter, tracing }: WorkerParts,
  ties: WorkerEvents,
) {
  const { leaseMs, maxAttempts, payloadLimitBytes, checkEveryMs } = options;
  return {
    ...{ keeper, clock, holds, meter, worker: id, leaseMs, maxAttempts, payloadLimitBytes, checkEveryMs },
    tracer: tracing === undefined ? undefined : new RequestTracer(tracing, keeper.pool, () => clock.now()),
    standing: new FunctionStanding(registry, registry.unmet(capabilities)),
    selfTimes: new SelfTimes(),
    recent: new RecentResults({
      // shared eagerly, everything goes through the pool, whose cache knows it then
      entries: options.sharing === "eager" ? 0 : options.recentResultsLimit,
      bytes: options.recentResultsLimitBytes,
    }),
    visible: new PoolEvaluations({
      limit: options.suspendedLimit,
      limitBytes: options.suspendedLimitBytes,
      holds,
    }),
    /** What this worker evaluates or waits for, by key. */
    inFlight: new RebuiltMap<string, Evaluation>(),
    release: ties.release.bind(ties),
    onChange: ties.onChange.bind(ties),
    onClaims: ties.onClaims.bind(ties),
    onOwnWork: ties.onNews.bind(ties),
    onError: ties.onError.bind(ties),
  };
}

/** The parts that evaluate, from a claim or a call to its outcome. */
function assembleWork({ id, options, log }: WorkerParts, ties: WorkerEvents, state: ReturnType<typeof makeState>) {
  const { payloadLimitBytes, slots, sharing } = options;
  const evaluator = new Evaluator({ ...state, outside: ties, slots, resultLimitBytes: payloadLimitBytes });
  const { stack, ready } = evaluator.queue;
  const requester = new Requester({
    ...{ ...state, process: id, leaseMs: 0, queueLimit: 0, isReentrant: true },
    onResubmit: state.onOwnWork,
    onVolunteers: ties.onVolunteers.bind(ties),
  });
  const completer = new Completer(state);
  const marker = new SuspensionReporter(state);
  const onOpened = ties.onOpened.bind(ties);
  const outcomeHandler = new OutcomeHandler({ ...state, evaluator, completer, requester, onOpened });
  const onOutcome = outcomeHandler.takeOutcome.bind(outcomeHandler);
  const poolCaller = new PoolCaller({ ...state, requester, completer, onOutcome });
  const calls = new CallMaker({ ...state, stack, isEager: sharing === "eager", ask: poolCaller.ask.bind(poolCaller) });
  const host = new FunctionHost({ evaluator, calls, marker, pool: state.keeper.pool, workerId: id, log });
  const intake = new ClaimIntake({
    ...{ ...state, ready, completer, marker, host },
    ask: (evaluation) => poolCaller.ask(evaluation, false),
    onRefused: ties.onRefused.bind(ties),
    onForged: ties.onForged.bind(ties),
  });
  const returner = new Returner({ ...state, evaluator, outcomeHandler, poolCaller });
  return { evaluator, requester, completer, marker, outcomeHandler, poolCaller, intake, returner };
}

/** The parts that deal with the pool beside single requests. */
function assemblePoolSide(
  parts: WorkerParts,
  ties: WorkerEvents,
  made: ReturnType<typeof makeState> & ReturnType<typeof assembleWork>,
) {
  const { id, description, registry, capabilities, makeHeartbeat } = parts;
  const { evaluator, poolCaller, leaseMs } = made;
  const member = { id, kind: "worker" as const, leaseMs, description, functions: registry.versions };
  const membership = new Membership({ ...made, member, log: parts.log, onChange: ties.onNews.bind(ties) });
  const claimer = new Claimer({
    ...made,
    score: capabilities.score,
    lastFunction: () => made.intake.lastFunction,
    workload: () => ties.workload(),
    beforeClaim: () => made.requester.flush(),
    onStaleTable: () => membership.readFunctions(),
    onUnknown: () => membership.join(),
  });
  const sharer = new Sharer({
    ...made,
    volunteers: () => claimer.volunteers,
    share: (evaluation) => poolCaller.ask(evaluation, true),
  });
  const heartbeat = makeHeartbeat({ worker: id, leaseMs, onLost: () => void membership.rejoin() });
  const settle = evaluator.settleExternally.bind(evaluator);
  const limits = new TimeLimits({ ...made, heartbeat, settle });
  const cycleFinder = new CycleFinder({ ...made, settle });
  const maintenance = new Maintenance({
    ...made,
    ownedIds: () => ties.ownedIds(),
    onAbandoned: (ids) => ties.onAbandoned(ids),
    onRound: () => ties.onRound(),
    // the message that took it off the volunteers may have got lost, and then it would wait for ever
    onReconcile: () => ties.onNews(),
  });
  const drain = new Drain(made);
  return { membership, claimer, sharer, heartbeat, limits, cycleFinder, maintenance, drain };
}
