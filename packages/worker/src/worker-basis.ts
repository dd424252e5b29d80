import { type Capabilities, type Clock, type GridError, type Logger, RebuiltMap } from "@callgrid/core";
import type { CallerPool, ObservedPool, WorkerPool } from "@callgrid/statekeeper";
import type { Tracing } from "@callgrid/tracing";
import type { Evaluation } from "./evaluation/evaluation.ts";
import type { WorkerMeter } from "./evaluation/worker-meter.ts";
import { type FunctionRegistry, FunctionStanding } from "./functions/function-registry.ts";
import type { Heartbeat, HeartbeatOptions } from "./heartbeat/heartbeat.ts";
import type { HoldBoard } from "./heartbeat/hold-board.ts";
import { PoolEvaluations } from "./pool/pool-evaluations.ts";
import { RecentResults } from "./results/recent-results.ts";
import { RequestLog } from "./telemetry/request-log.ts";
import { RequestTracer } from "./telemetry/request-tracer.ts";
import { SelfTimes } from "./timing/run-times.ts";
import type { WorkerOptionsResolved } from "./worker-options.ts";

/** What a worker is made from. */
export interface WorkerParts {
  readonly id: string;
  /** Distinguishes it from others of its id; undefined where the id is its own. */
  readonly instance?: string | undefined;
  readonly keeper: CallerPool & WorkerPool & ObservedPool;
  readonly registry: FunctionRegistry;
  readonly options: WorkerOptionsResolved;
  readonly clock: Clock;
  readonly log: Logger;
  readonly description: Readonly<Record<string, unknown>>;
  readonly capabilities: Capabilities;
  /** Where another thread sees what the worker holds; absent: none does. */
  readonly holds?: HoldBoard | undefined;
  /** Called where the worker has to end: the pool refuses it for good, or its lease cannot be renewed. */
  readonly onEnd?: ((error: GridError) => void) | undefined;
  readonly makeHeartbeat: (options: HeartbeatOptions) => Heartbeat;
  /** Called with evaluations that came from the pool; absent: none is reported. */
  readonly meter?: WorkerMeter | undefined;
  /** Absent: requests are not traced. */
  readonly tracing?: Tracing | undefined;
}

/** The state that the parts of a worker share. */
export class WorkerBasis {
  protected readonly given: WorkerParts;
  readonly log: Logger;
  readonly requestLog: RequestLog | undefined;
  readonly tracer: RequestTracer | undefined;
  readonly standing: FunctionStanding;
  readonly selfTimes = new SelfTimes();
  readonly recent: RecentResults;
  /** What this worker evaluates or waits for, by key. */
  readonly inFlight = new RebuiltMap<string, Evaluation>();
  readonly visible: PoolEvaluations;

  constructor(given: WorkerParts) {
    const { id, keeper, clock, registry, options, capabilities, holds, tracing } = given;
    const { sharing, recentResultsLimit, recentResultsLimitBytes, suspendedLimit, suspendedLimitBytes } = options;
    this.given = given;
    this.log = given.log.child({ pool: keeper.pool, worker: id });
    this.requestLog = RequestLog.of(this.log);
    this.tracer = tracing && new RequestTracer(tracing, keeper.pool, () => clock.now());
    this.standing = new FunctionStanding(registry, registry.unmet(capabilities));
    // shared eagerly, everything goes through the pool, whose cache knows it then
    const entries = sharing === "eager" ? 0 : recentResultsLimit;
    const isCurrent = this.standing.isCurrent.bind(this.standing);
    this.recent = new RecentResults({ entries, bytes: recentResultsLimitBytes, isCurrent });
    this.visible = new PoolEvaluations({ limit: suspendedLimit, limitBytes: suspendedLimitBytes, holds });
  }
}
