/**
 * One place of a supervisor: a worker process that is started, and restarted when it dies, until it is ordered to end.
 * The death of a process is reported to the pool before the next one starts, so its work continues at once and not when its lease expires.
 */
import { type CancelTimer, type Clock, GridError, type Logger, messageOf, within } from "@callgrid/core";
import type { Measures } from "@callgrid/health";
import type { WorkerPool } from "@callgrid/statekeeper";
import type { LaunchedWorker, Launcher, ProcessEnd } from "./launcher.ts";
import type { RestartPolicy } from "./restart-policy.ts";
import type { WorkerMessage, WorkerSettings } from "./supervision-messages.ts";

/** How a {@link SupervisedWorker} is kept. */
export interface SupervisedWorkerOptions {
  readonly settings: WorkerSettings;
  /** How long a drain may take before the process is ended, in ms. */
  readonly drainTimeoutMs: number;
  /** See `WorkerPool.reportDeath`. */
  readonly maxAttempts: number;
}

/** What a {@link SupervisedWorker} talks to. */
export interface SupervisedWorkerParts {
  readonly launcher: Launcher;
  readonly keeper: WorkerPool;
  readonly clock: Clock;
  readonly log: Logger;
  readonly restartAfter: RestartPolicy;
  /** The process cannot start as it is configured; the place stays empty. */
  readonly onRefused: (error: GridError) => void;
  /** What the process has measured since its start. */
  readonly onMeasures: (measures: Measures) => void;
  /** The process has ended. */
  readonly onEnd: () => void;
}

/** What is known of a worker by its joining. */
type JoinedWorker = Extract<WorkerMessage, { readonly kind: "joined" }>;

// A process that has promised to end gets this much longer, and so does a statekeeper that does not answer.
const patienceMs = 2_000;
/** A process that is not needed any more may finish what it runs. */
const unhurriedMs = 86_400_000;

export class SupervisedWorker {
  /** Resolves with the worker's id when a first process has joined; not at all if none ever does. */
  readonly joined: Promise<string>;
  readonly #options: SupervisedWorkerOptions;
  readonly #parts: SupervisedWorkerParts;
  #announceJoined: (id: string) => void = () => undefined;
  #child: LaunchedWorker | undefined;
  #workers: JoinedWorker[] = [];
  #rssBytes: number | undefined;
  #isRefused = false;
  #isEnding = false;
  #endPause: () => void = () => undefined;
  #cancelKill: CancelTimer = () => undefined;
  #run: Promise<void> = Promise.resolve();

  constructor(options: SupervisedWorkerOptions, parts: SupervisedWorkerParts) {
    this.#options = options;
    this.#parts = parts;
    this.joined = new Promise((resolve) => {
      this.#announceJoined = resolve;
    });
  }

  /** The id of the worker that is there now; several ids if the launcher starts several at once, none while no worker is there. */
  get workerIds(): readonly string[] {
    return this.#workers.map(({ id }) => id);
  }

  start(): void {
    this.#run = this.#keepAlive();
  }

  /** Lets the process finish what runs, within the drain timeout, and starts no other. Resolves when it has ended. */
  drain(): Promise<void> {
    return this.#end("drain", this.#options.drainTimeoutMs + patienceMs);
  }

  /** As {@link drain}, without a time limit. */
  dismiss(): Promise<void> {
    this.#isEnding = true;
    this.#endPause();
    this.#child?.send({ kind: "drain", timeoutMs: unhurriedMs });
    return this.#run;
  }

  /** Has the process give everything back and end at once, and starts no other. Resolves when it has ended. */
  stop(): Promise<void> {
    return this.#end("stop", patienceMs);
  }

  #end(kind: "drain" | "stop", killAfterMs: number): Promise<void> {
    this.#isEnding = true;
    this.#endPause();
    this.#child?.send({ kind });
    this.#cancelKill();
    this.#cancelKill = this.#parts.clock.after(killAfterMs, () => this.#child?.kill());
    return this.#run.finally(() => this.#cancelKill());
  }

  async #keepAlive(): Promise<void> {
    let deathsInRow = 0;
    while (!this.#isEnding) {
      const startedAtMs = this.#parts.clock.now();
      const end = await this.#live();
      const restart = this.#parts.restartAfter(deathsInRow, this.#parts.clock.now() - startedAtMs);
      deathsInRow = restart.deathsInRow;
      if (this.#isEnding || this.#isRefused) {
        await this.#giveBack(end);
        return;
      }
      this.#tellDeath(end, restart.delayMs);
      await Promise.all([this.#reportDeath(end), this.#pause(restart.delayMs)]);
    }
  }

  async #live(): Promise<ProcessEnd> {
    const child = this.#parts.launcher((message) => this.#take(message));
    this.#child = child;
    this.#workers = [];
    this.#rssBytes = undefined;
    child.send({ kind: "start", settings: this.#options.settings });
    const end = await child.ended;
    this.#child = undefined;
    this.#parts.onEnd();
    return end;
  }

  #take(message: WorkerMessage): void {
    switch (message.kind) {
      case "joined":
        this.#workers.push(message);
        // For people the worker itself says so.
        this.#parts.log.debug({ worker: message.id, processId: this.#child?.processId }, "a worker process is up");
        this.#announceJoined(message.id);
        break;
      case "memory":
        this.#rssBytes = message.rssBytes;
        break;
      case "measures":
        this.#parts.onMeasures(message.measures);
        break;
      case "refused":
        this.#isRefused = true;
        this.#parts.onRefused(new GridError(message.code, message.message));
        break;
    }
  }

  #tellDeath({ exitCode, signal }: ProcessEnd, delayMs: number): void {
    const cause = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
    const when = delayMs === 0 ? "at once" : `in ${delayMs} ms`;
    const facts = { worker: this.#shownWorker, exitCode, signal, rssBytes: this.#rssBytes, delayMs };
    this.#parts.log.warn(facts, `a worker process ended unexpectedly (${cause}), starting another ${when}`);
  }

  /** A loss for what it was running, unless it had left by itself. */
  async #reportDeath({ leavesWorkers, ...end }: ProcessEnd): Promise<void> {
    if (leavesWorkers === true) return;
    const { maxAttempts } = this.#options;
    const rssBytes = this.#rssBytes;
    await this.#reportToPool((keeper, { id, instance }) =>
      keeper.reportDeath(memberId(id), { worker: id, ...end, rssBytes }, maxAttempts, instance),
    );
  }

  /** It was ordered to end: its unfinished requests count as no loss. */
  async #giveBack({ leavesWorkers }: ProcessEnd): Promise<void> {
    if (leavesWorkers === true) return;
    await this.#reportToPool((keeper, { id, instance }) => keeper.leave(memberId(id), instance));
  }

  /** Waits for a call for a while only: a death that is not reported now is found when the lease expires. */
  async #reportToPool(call: (keeper: WorkerPool, worker: JoinedWorker) => Promise<void>): Promise<void> {
    const calls = this.#workers.map((worker) => call(this.#parts.keeper, worker));
    const reported = Promise.all(calls).catch((error: unknown) => {
      const facts = { worker: this.#shownWorker, reason: messageOf(error) };
      this.#parts.log.warn(facts, "death of a worker could not be reported; its lease will expire");
    });
    await within(this.#parts.clock, patienceMs, reported);
  }

  get #shownWorker(): string | undefined {
    return this.#workers.length === 0 ? undefined : this.workerIds.join(", ");
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Callers write `pool/worker`; the pool itself knows its members without its own name. */
function memberId(workerId: string): string {
  return workerId.slice(workerId.indexOf("/") + 1);
}
