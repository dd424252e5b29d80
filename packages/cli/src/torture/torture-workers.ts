/** The worker processes of a torture: a supervisor as `callgrid worker` has one, whose processes can be killed and stopped. */
import { systemClock } from "@callgrid/core";
import type { WorkerPool } from "@callgrid/statekeeper";
import { childLauncher, type LaunchedWorker, type Launcher, Supervisor } from "@callgrid/supervision";
import type { Logger } from "pino";

/** How to start {@link TortureWorkers}. */
export interface TortureWorkersOptions {
  readonly count: number;
  readonly functions: string;
  /** Any of `workerOptions`, with `pool` and `url`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Above any number of deaths in a torture: each is its own doing, and no request is to blame. */
  readonly maxAttempts: number;
}

/** What {@link TortureWorkers} talk to. */
export interface TortureWorkersParts {
  readonly keeper: WorkerPool;
  readonly log: Logger;
  readonly stderr: NodeJS.WritableStream;
}

const drainTimeoutMs = 10_000;
const restartDelayMs = 200;

export class TortureWorkers {
  readonly #supervisor: Supervisor;
  /** Oldest first. */
  readonly #living = new Set<LaunchedWorker>();
  readonly #stopped = new Set<LaunchedWorker>();

  constructor(options: TortureWorkersOptions, { keeper, log, stderr }: TortureWorkersParts) {
    const { count, functions, maxAttempts } = options;
    const settings = { functions: [functions], options: { ...options.options, maxAttempts }, logLevel: log.level };
    this.#supervisor = new Supervisor(
      { count, settings, drainTimeoutMs, maxAttempts },
      { keeper, log, stderr, launcher: this.#watch(childLauncher({ stderr, clock: systemClock })), restartAfter },
    );
  }

  start(): Promise<void> {
    return this.#supervisor.start();
  }

  /** Kills the process that has lived longest; `false` if there is none. */
  killOne(): boolean {
    const [victim] = this.#living;
    victim?.kill();
    return victim !== undefined;
  }

  /** Stops the process that has lived longest of those that run; returns what lets it go on, if there is one. */
  stopOne(): (() => void) | undefined {
    const victim = [...this.#living].find((child) => !this.#stopped.has(child));
    if (victim === undefined) return undefined;
    this.#stopped.add(victim);
    signal(victim, "SIGSTOP");
    return () => {
      if (this.#stopped.delete(victim)) signal(victim, "SIGCONT");
    };
  }

  async drain(): Promise<void> {
    for (const child of this.#stopped) signal(child, "SIGCONT");
    this.#stopped.clear();
    await this.#supervisor.drain();
  }

  #watch(start: Launcher): Launcher {
    return (onMessage) => {
      const child = start(onMessage);
      this.#living.add(child);
      void child.ended.then(() => {
        this.#living.delete(child);
        this.#stopped.delete(child);
      });
      return child;
    };
  }
}

/** Deaths are the torture's own doing here, so a process that dies often is not a broken one. */
function restartAfter(): { delayMs: number; deathsInRow: number } {
  return { delayMs: restartDelayMs, deathsInRow: 1 };
}

function signal({ processId }: LaunchedWorker, name: NodeJS.Signals): void {
  try {
    if (processId !== undefined) process.kill(processId, name);
  } catch {
    // It has just ended.
  }
}
