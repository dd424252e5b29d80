/** Launches workers inside this process, on any clock: what a process would be is a worker, and all else of a host is real. */
import type { Clock } from "@callgrid/core";
import type { Statekeeper } from "@callgrid/statekeeper";
import type { LaunchedWorker, Launcher, ProcessEnd, SupervisorMessage, WorkerMessage } from "@callgrid/supervision";
import { type FunctionSources, type RunningWorker, startWorker } from "@callgrid/worker";
import { pino } from "pino";

/** What the workers are started with. */
export interface WorkerLauncherParts {
  readonly pool: string;
  readonly functions: FunctionSources;
  readonly statekeeper: Statekeeper;
  readonly clock: Clock;
  /** How long it takes from the start until a worker joins, in ms. */
  readonly startMs: number;
}

export function workerLauncher(parts: WorkerLauncherParts): Launcher {
  return (onMessage) => new VirtualChild(parts, onMessage);
}

class VirtualChild implements LaunchedWorker {
  readonly processId = undefined;
  readonly ended: Promise<ProcessEnd>;
  readonly #parts: WorkerLauncherParts;
  readonly #say: (message: WorkerMessage) => void;
  #end: (end: ProcessEnd) => void = () => undefined;
  #worker: Promise<RunningWorker> | undefined;

  constructor(parts: WorkerLauncherParts, say: (message: WorkerMessage) => void) {
    this.#parts = parts;
    this.#say = say;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  send({ kind }: SupervisorMessage): void {
    if (kind === "start") this.#worker = this.#start();
    else void this.#leave((worker) => worker[kind]());
  }

  kill(): void {
    void this.#leave((worker) => worker.stop());
  }

  async #start(): Promise<RunningWorker> {
    const { startMs, ...parts } = this.#parts;
    await new Promise<void>((resolve) => parts.clock.after(startMs, resolve));
    const worker = await startWorker({ ...parts, log: pino({ level: "silent" }) });
    this.#say({ kind: "joined", id: worker.id });
    return worker;
  }

  async #leave(how: (worker: RunningWorker) => Promise<void>): Promise<void> {
    if (this.#worker !== undefined) await how(await this.#worker);
    this.#end({ exitCode: 0, signal: null, stderr: [] });
  }
}
