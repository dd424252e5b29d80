/**
 * Starts a worker inside this process: for those who embed one in a service of their own, and for `callgrid worker`, whose
 * supervisor starts one in each child process.
 */
import { availableParallelism, hostname, totalmem } from "node:os";
import {
  type Capabilities,
  type Clock,
  environmentOptions,
  type GridError,
  knownOptions,
  type Logger,
  logRedaction,
  mostNamesShown,
  nameList,
  parsePool,
  randomId,
  resolveOptions,
  systemClock,
} from "@callgrid/core";
import type { WorkerVitals } from "@callgrid/health";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { loadTracing } from "@callgrid/tracing";
import { type DestinationStream, pino } from "pino";
import type { WorkerMeter } from "./evaluation/worker-meter.ts";
import { limitDataFolders } from "./functions/data-folders.ts";
import type { FunctionRegistry } from "./functions/function-registry.ts";
import { checkSources, type FunctionSources, loadFunctions } from "./functions/module-loader.ts";
import { TimerHeartbeat, type WatchOrder } from "./heartbeat/heartbeat.ts";
import { HoldBoard } from "./heartbeat/hold-board.ts";
import { type HeartbeatThreadData, ThreadHeartbeat } from "./heartbeat/thread-heartbeat.ts";
import { newWorkerId, Worker } from "./worker.ts";
import { type WorkerOptionsResolved, workerOptions } from "./worker-options.ts";
import type { WorkerOptionsGiven } from "./worker-options-given.ts";
import type { WorkerState } from "./worker-state.ts";

/** How long a worker that has lost its supervisor may take to leave the pool after its drain, in ms. */
const leavingAloneMs = 6_000;
/** Of statekeepers in memory: what they keep ends with the process. */
const memoryAddress = "memory:";

/** What to work on, and where. Everything else has a default, see `callgrid worker`. @beta */
export interface StartWorkerOptions extends WorkerOptionsGiven {
  /** The pool to work for. */
  readonly pool: string;
  /** Modules by path or URL, or what `define` returned. */
  readonly functions: FunctionSources;
  /** Where the grid's Redis is; default `CALLGRID_URL`, else redis://localhost:6379. */
  readonly url?: string | undefined;
  /** A statekeeper that is open already, instead of `url`; it is not closed with the worker. */
  readonly statekeeper?: Statekeeper | undefined;
  /** Where log lines go, for example a pino logger. Default: standard error at level `warn`, or at `CALLGRID_LOG_LEVEL`. */
  readonly log?: Logger | undefined;
  /** The worker's id within the pool, for simulations: whether another member has it is not looked at. Default: its `name`. */
  readonly id?: string | undefined;
  /** The clock of all timers, for simulations. Default: the system's. */
  readonly clock?: Clock | undefined;
  /**
   * The process id of the supervisor that started this process, and starts another in its place. A thread ends the process when a
   * function never yields, and when it outlives its supervisor by more than its drain timeout and a few seconds. Default: none.
   */
  readonly supervisor?: number | undefined;
  /** With a `statekeeper`: called with what must be over when, for an `OverdueWatch` in another thread. Default: none. */
  readonly tellWatch?: ((order: WatchOrder, worker: string) => void) | undefined;
  /** With a `statekeeper`: memory of a `HoldBoard`, for a `HoldWatch` in another thread; default: none looks at it. */
  readonly holds?: SharedArrayBuffer | undefined;
  /** What functions may need of it, for replays. Default: what its options and this machine offer. */
  readonly capabilities?: Capabilities | undefined;
  /** Called with each evaluation that came from the pool. Default: none. */
  readonly meter?: WorkerMeter | undefined;
}

/** The options that are not declared in `callgrid worker`. */
const others = [
  "pool",
  "functions",
  "url",
  "statekeeper",
  "log",
  "id",
  "clock",
  "supervisor",
  "tellWatch",
  "holds",
  "capabilities",
  "meter",
];

/** A worker that has joined its pool. @beta */
export interface RunningWorker {
  /** `pool/…`, as `enqueue` takes it. */
  readonly id: string;
  readonly pool: string;
  /** Distinguishes it from others of its name; undefined for one without a name. */
  readonly instance: string | undefined;
  /** What it has counted since its start, and holds now. */
  readonly vitals: WorkerVitals;
  /** What it has in hand now, for tests and simulations. */
  inspect(): WorkerState;
  /**
   * Stops claiming, gives back what has not started or waits for others, finishes what runs for at most `timeoutMs` (default: the
   * worker's drain timeout), leaves. Called again it hurries: the shortest time counts.
   */
  drain(timeoutMs?: number): Promise<void>;
  /** Leaves at once; what runs goes back to the pool. */
  stop(): Promise<void>;
  /** Resolves once the worker has left. */
  readonly closed: Promise<void>;
  /**
   * Why it has left, if it was not asked to: `INCOMPATIBLE_VERSION` where processes of another wire version have taken its pool over,
   * `CONNECTION_FAILED` where the connection that renews its lease cannot be made.
   */
  readonly endedBy: GridError | undefined;
}

/**
 * Starts a worker.
 *
 * @throws GridError `INVALID_MODULE`, `FUNCTION_REDEFINED`, `INVALID_OPTION`, `CONNECTION_FAILED`, `REDIS_TOO_OLD`.
 * @example
 * ```ts
 * import { startWorker } from "callgrid";
 * const worker = await startWorker({ pool: "pool", functions: "./functions.js", slots: 2 });
 * process.on("SIGTERM", () => worker.drain());
 * ```
 */
export async function startWorker(given: StartWorkerOptions): Promise<RunningWorker> {
  const known = knownOptions([...Object.keys(workerOptions), ...others], given, "startWorker");
  const options = resolveOptions(
    workerOptions,
    { ...environmentOptions(workerOptions, process.env), ...known },
    "startWorker",
    others,
  );
  checkSources(known["functions"], "startWorker.functions");
  const pool = parsePool((given as StartWorkerOptions | undefined)?.pool);
  const endLimit = limitDataFolders(options.dataFolder);
  try {
    const running = await startLimited(given, options, pool);
    void running.closed.then(endLimit);
    return running;
  } catch (error) {
    endLimit();
    throw error;
  }
}

async function startLimited(
  given: StartWorkerOptions,
  options: WorkerOptionsResolved,
  pool: string,
): Promise<RunningWorker> {
  const {
    functions,
    statekeeper,
    log = defaultLog(),
    clock = systemClock,
    id = options.name ?? newWorkerId(),
    tellWatch,
  } = given;
  const url = given.url ?? process.env["CALLGRID_URL"] ?? "redis://localhost:6379";
  const instance = options.name === undefined ? undefined : randomId();
  const holds = statekeeper === undefined || given.holds !== undefined ? new HoldBoard(given.holds) : undefined;
  const thread =
    statekeeper === undefined && holds !== undefined
      ? threadHeartbeat(given, options, { url, pool, worker: id, instance, holds: holds.memory })
      : undefined;
  let opened: Statekeeper | undefined;
  let worker: Worker | undefined;
  const end = new OwnEnd();
  try {
    const { codeVersion } = options;
    const isOfProcess = statekeeper?.address === memoryAddress;
    const registry = await loadFunctions(functions, { codeVersion, log, isOfProcess });
    if (statekeeper === undefined) opened = await open(url, options, log);
    const place = statekeeper ?? opened;
    const keeper = place?.pool(pool);
    if (keeper === undefined) throw new Error("unreachable: a statekeeper is given or opened");
    const capabilities = given.capabilities ?? capabilitiesOf(options);
    worker = new Worker({
      ...{ id, instance, keeper, registry, options, clock, log, capabilities, holds, meter: given.meter },
      description: describeWorker(options, capabilities, registry),
      makeHeartbeat: (heartbeat) =>
        thread?.reportingTo(heartbeat.onLost) ?? new TimerHeartbeat(heartbeat, { keeper, clock, tellWatch }),
      tracing: await loadTracing(),
      onEnd: (error) => end.come(error),
    });
    await warnOfOtherGrids(place, pool, log);
    await worker.start();
    return running(worker, pool, options, { instance, opened, end });
  } catch (error) {
    // the pool may have it as a member although the reply is an error
    await worker?.stop();
    await thread?.stop();
    await opened?.close();
    throw error;
  }
}

/** The log of a worker that is given none; `stream`: where it goes, default: the process's standard error. */
export function defaultLog(stream: DestinationStream = pino.destination(2)): Logger {
  const level = process.env["CALLGRID_LOG_LEVEL"] ?? "warn";
  return pino({ name: "callgrid", level, ...logRedaction }, stream);
}

function threadHeartbeat(
  { supervisor }: StartWorkerOptions,
  { grid, leaseMs, connectTimeoutMs, drainTimeoutMs }: WorkerOptionsResolved,
  place: Pick<HeartbeatThreadData, "url" | "pool" | "worker" | "instance" | "holds">,
): ThreadHeartbeat {
  const supervision =
    supervisor === undefined ? undefined : { supervisor, endAfterMs: drainTimeoutMs + leavingAloneMs };
  return new ThreadHeartbeat({ ...place, grid, leaseMs, connectTimeoutMs, supervision });
}

function open(url: string, options: WorkerOptionsResolved, log: Logger): Promise<Statekeeper> {
  return openStatekeeper(url, { grid: options.grid, connectTimeoutMs: options.connectTimeoutMs, log });
}

function running(
  worker: Worker,
  pool: string,
  options: WorkerOptionsResolved,
  given: { readonly instance: string | undefined; readonly opened: Statekeeper | undefined; readonly end: OwnEnd },
): RunningWorker {
  const { instance, opened, end } = given;
  let tellClosed: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });
  let draining: Promise<void> | undefined;
  let stopping: Promise<void> | undefined;
  const closeAfter = async (leaving: Promise<void>): Promise<void> => {
    await leaving;
    await opened?.close();
    tellClosed();
  };
  // also while it drains: a stop does not wait for the rest of the drain
  const stop = (): Promise<void> => {
    stopping ??= closeAfter(worker.stop());
    return stopping;
  };
  end.whenCome(() => void stop());
  return {
    id: `${pool}/${worker.id}`,
    pool,
    instance,
    closed,
    get endedBy() {
      return end.cause;
    },
    get vitals() {
      return worker.vitals;
    },
    inspect: () => worker.inspect(),
    drain: (timeoutMs = options.drainTimeoutMs) => {
      const drained = stopping ?? worker.drain(timeoutMs);
      draining ??= closeAfter(drained);
      return draining;
    },
    stop,
  };
}

/** That a worker ends without being asked to, which may be before it has started. */
class OwnEnd {
  cause: GridError | undefined;
  #onCome: (() => void) | undefined;

  come(cause: GridError): void {
    this.cause ??= cause;
    this.#onCome?.();
  }

  whenCome(onCome: () => void): void {
    this.#onCome = onCome;
    if (this.cause !== undefined) onCome();
  }
}

/** What functions may need of this worker. */
function capabilitiesOf({ tags, score, memoryMb }: WorkerOptionsResolved): Capabilities {
  return { tags, score, cpus: availableParallelism(), memoryMb: memoryMb ?? Math.round(totalmem() / 1_048_576) };
}

/** What `status` shows of a worker; by `lacks`, what it lacks for which of its functions, `why` explains why one does not start. */
function describeWorker(
  { slots, sharing }: WorkerOptionsResolved,
  capabilities: Capabilities,
  registry: FunctionRegistry,
): Record<string, unknown> {
  const lacks = Object.fromEntries(registry.unmet(capabilities));
  return { host: hostname(), processId: process.pid, node: process.version, slots, sharing, ...capabilities, lacks };
}

/** A worker under another grid name than its callers waits forever: the message names the likely grid. */
async function warnOfOtherGrids(statekeeper: Statekeeper | undefined, pool: string, log: Logger): Promise<void> {
  const others = (await statekeeper?.otherGridsWith(pool)) ?? [];
  if (others.length === 0 || statekeeper === undefined) return;
  const { members, counters } = await statekeeper.pool(pool).inspect();
  if (members.length > 0 || (counters["submitted"] ?? 0) > 0) return;
  const grids = `${others.length === 1 ? "grid" : "the grids"} ${nameList(others)}`;
  log.warn(
    { pool, grid: statekeeper.grid, otherGrids: others.slice(0, mostNamesShown) },
    `pool "${pool}" is new in grid "${statekeeper.grid}", but exists in ${grids}: is --grid as the callers have it?`,
  );
}
