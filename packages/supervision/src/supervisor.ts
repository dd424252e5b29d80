import { Actor, type Clock, type GridError, type Logger, systemClock, within } from "@callgrid/core";
import type { MeasureBook } from "@callgrid/health";
import type { WorkerPool } from "@callgrid/statekeeper";
import { childLauncher } from "./child-launcher.ts";
import type { Launcher } from "./launcher.ts";
import { type RestartPolicy, restartAfter } from "./restart-policy.ts";
import { SupervisedWorker, type SupervisedWorkerOptions } from "./supervised-worker.ts";

/** How a {@link Supervisor} is set up. */
export interface SupervisorOptions extends SupervisedWorkerOptions {
  /** How many worker processes to run. */
  readonly count: number;
}

/** What a {@link Supervisor} talks to. */
export interface SupervisorParts {
  /** The workers' pool, as this process sees it: dead workers are reported there. */
  readonly keeper: WorkerPool;
  readonly log: Logger;
  /** Takes what the workers write to stderr; default: this process's own. */
  readonly stderr?: NodeJS.WritableStream;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Default: child processes, with this process's Node flags. */
  readonly launcher?: Launcher;
  /** When to start another where one died; default: at once, then later and later while they keep dying. */
  readonly restartAfter?: RestartPolicy;
  /** So many start at a time at most, if each loads on a processor of this machine; default: all at once. */
  readonly mostStarting?: number;
  /** Takes what the workers measure, each at a place of its own from 0 on; their `settings` say whether they do. */
  readonly book?: Pick<MeasureBook, "note" | "close"> | undefined;
}

/** A worker that loads for longer does not keep others from starting, in ms. */
const turnMs = 2_000;

/**
 * Runs worker processes: as many as last ordered, one worker with its own queue in each. It starts another where one dies, reports the
 * death, and ends them all on order. A worker process that loses its supervisor drains by itself. Options of the workers reach them over a
 * private channel, and never their command lines.
 *
 * @example
 * ```ts
 * import { openStatekeeper } from "@callgrid/statekeeper";
 * import { Supervisor } from "@callgrid/supervision";
 * import { pino } from "pino";
 *
 * const statekeeper = await openStatekeeper("redis://localhost:6379", { grid: "callgrid" });
 * const settings = { functions: ["./functions.ts"], options: { pool: "pool" }, logLevel: "info" };
 * const supervisor = new Supervisor(
 *   { count: 4, settings, drainTimeoutMs: 30_000, maxAttempts: 3 },
 *   { keeper: statekeeper.pool("pool"), log: pino() },
 * );
 * await supervisor.start();
 * process.once("SIGTERM", () => void supervisor.drain());
 * await supervisor.closed;
 * await statekeeper.close();
 * ```
 */
export class Supervisor extends Actor {
  /**
   * Resolves when all processes have ended after {@link drain} or {@link stop}. Rejects with what a worker refused to start
   * with (`INVALID_MODULE`, `INVALID_OPTION`, `FUNCTION_REDEFINED`, `INCOMPATIBLE_VERSION`, `REDIS_TOO_OLD`), once all have ended.
   */
  readonly closed: Promise<void>;
  readonly #makeWorker: () => SupervisedWorker;
  readonly #clock: Clock;
  readonly #mostStarting: number;
  /** Those that wait for their turn to start. */
  readonly #unstarted: SupervisedWorker[] = [];
  #starting = 0;
  /** Those that are to stay, oldest first. */
  readonly #workers: SupervisedWorker[];
  /** Those that have been ordered to end, because there are too many. */
  readonly #leaving = new Set<SupervisedWorker>();
  #isEnding = false;
  #close: () => void = () => undefined;
  #fail: (error: GridError) => void = () => undefined;
  #refusal: GridError | undefined;

  constructor(options: SupervisorOptions, parts: SupervisorParts) {
    super();
    const { keeper, log, stderr = process.stderr, clock = systemClock, book } = parts;
    this.#clock = clock;
    this.#mostStarting = parts.mostStarting ?? Number.POSITIVE_INFINITY;
    const launcher = parts.launcher ?? childLauncher({ stderr, clock });
    const restart = parts.restartAfter ?? restartAfter;
    const onRefused = (error: GridError): void => this.#refuse(error);
    let places = 0;
    this.#makeWorker = () => {
      const place = places++;
      return new SupervisedWorker(namedAt(options, place), {
        ...{ launcher, keeper, clock, log, restartAfter: restart, onRefused },
        onMeasures: (measures) => book?.note(place, measures),
        onEnd: () => book?.close(place),
      });
    };
    this.#workers = Array.from({ length: options.count }, this.#makeWorker);
    this.closed = new Promise((resolve, reject) => {
      this.#close = resolve;
      this.#fail = reject;
    });
    // A caller that awaits `start` only must not be ended by an unhandled rejection.
    this.closed.catch(() => undefined);
  }

  /** The ids of the workers that are there now. */
  get workers(): readonly string[] {
    return [...this.#workers, ...this.#leaving].flatMap(({ workerIds }) => workerIds);
  }

  /** How many processes are kept. */
  get count(): number {
    return this.#workers.length;
  }

  /** How many processes have been dismissed, and are still there. */
  get leaving(): number {
    return this.#leaving.size;
  }

  /** Starts the processes. Resolves when each place has had a worker join, and when all is closed before; rejects as {@link closed} does. */
  protected override async begin(): Promise<void> {
    for (const worker of this.#workers) this.#startInTurn(worker);
    await Promise.race([Promise.all(this.#workers.map((worker) => worker.joined)), this.closed]);
  }

  /**
   * Keeps so many processes from now on, between {@link start} and the end: starts more, or dismisses those that are too many, which
   * finish what they run however long that takes. The ones that have not joined go first, then those that are `idle`, then the youngest.
   */
  resize(count: number, idle: ReadonlySet<string> = new Set()): void {
    if (this.#isEnding) return;
    while (this.#workers.length < count) {
      const worker = this.#makeWorker();
      this.#workers.push(worker);
      this.#startInTurn(worker);
    }
    const surplus = this.#workers.length - count;
    const urgency = ({ workerIds }: SupervisedWorker): number =>
      workerIds.length === 0 ? 2 : workerIds.some((id) => idle.has(id)) ? 1 : 0;
    const leaving = this.#workers.toReversed().sort((one, other) => urgency(other) - urgency(one));
    for (const worker of leaving.slice(0, Math.max(0, surplus))) this.#dismiss(worker);
  }

  /** Has every worker finish what it runs, give the rest back, and leave. */
  async drain(): Promise<void> {
    await this.#endAll((worker) => worker.drain());
  }

  /** Has every worker give everything back and leave at once; also in the middle of a drain. */
  protected override async end(): Promise<void> {
    await this.#endAll((worker) => worker.stop());
  }

  /** Workers that load side by side on few processors would all join late. */
  #startInTurn(worker: SupervisedWorker): void {
    this.#unstarted.push(worker);
    this.#startNext();
  }

  #startNext(): void {
    while (this.#starting < this.#mostStarting) {
      const worker = this.#unstarted.shift();
      if (worker === undefined) return;
      // it may have been dismissed meanwhile
      if (!this.#workers.includes(worker)) continue;
      worker.start();
      this.#starting += 1;
      const isThrough = Promise.race([worker.joined, this.closed.catch(() => undefined)]);
      void within(this.#clock, turnMs, isThrough).then(() => {
        this.#starting -= 1;
        this.#startNext();
      });
    }
  }

  #refuse(error: GridError): void {
    if (this.#refusal !== undefined) return;
    this.#refusal = error;
    void this.stop();
  }

  #dismiss(worker: SupervisedWorker): void {
    this.#workers.splice(this.#workers.indexOf(worker), 1);
    this.#leaving.add(worker);
    void worker.dismiss().then(() => this.#leaving.delete(worker));
  }

  async #endAll(end: (worker: SupervisedWorker) => Promise<void>): Promise<void> {
    this.#isEnding = true;
    this.#unstarted.length = 0;
    await Promise.all([...this.#workers, ...this.#leaving].map(end));
    if (this.#refusal === undefined) this.#close();
    else this.#fail(this.#refusal);
  }
}

/** The name is for the worker at the first place; those at others have the number of theirs behind it. */
function namedAt<Options extends SupervisedWorkerOptions>(options: Options, place: number): Options {
  const { name } = options.settings.options;
  if (typeof name !== "string" || place === 0) return options;
  const settings = { ...options.settings, options: { ...options.settings.options, name: `${name}-${place + 1}` } };
  return { ...options, settings };
}
