import { hostname } from "node:os";
import { workerModule } from "@callgrid/batch";
import { GridError, systemClock } from "@callgrid/core";
import { isOwnWorker, type ObservedPool, type WorkerPool } from "@callgrid/statekeeper";
import { childLauncher, commandLauncher, type Launcher, Supervisor } from "@callgrid/supervision";
import type { Logger } from "pino";
import { isThisMachine, type Placement } from "./hosts.ts";

/** What {@link HostWorkers} work with. */
export interface HostWorkersParts {
  readonly keeper: WorkerPool & ObservedPool;
  readonly url: string;
  readonly grid: string;
  readonly pool: string;
  /** The module of the functions, at the same path on all hosts. */
  readonly module: string;
  /** Where the data is, on all hosts. */
  readonly dataFolders: readonly string[];
  readonly log: Logger;
  readonly stderr: NodeJS.WritableStream;
  readonly logLevel: string;
}

const drainTimeoutMs = 30_000;
const maxAttempts = 3;
const bytesPerMb = 1_048_576;

/**
 * The workers of a map/reduce run on its hosts: child processes on this machine, and over a command such as ssh on others. They join the
 * run's pool, and leave it with the run. A host that has workers in the pool already is left as it is.
 */
export class HostWorkers {
  readonly #supervisors: readonly Supervisor[];

  private constructor(supervisors: readonly Supervisor[]) {
    this.#supervisors = supervisors;
  }

  /**
   * Those that are needed besides the workers that the pool has; none is started yet.
   *
   * @throws GridError `INVALID_OPTION` for a host that is not up and says no way to launch its workers.
   */
  static async plan(placements: readonly Placement[], parts: HostWorkersParts): Promise<HostWorkers> {
    const { members } = await parts.keeper.inspect();
    const present = new Set(
      members
        .filter((member) => isOwnWorker(member) && member.leaseLeftMs > 0)
        .map(({ description }) => description["host"]),
    );
    const missing = placements.filter(
      (placement) => !present.has(isThisMachine(placement) ? hostname() : placement.host),
    );
    return new HostWorkers(missing.map((placement) => supervisorOf(placement, parts)));
  }

  /** Resolves when all have joined. */
  async start(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.start()));
  }

  /** Has them finish what they run, and leave. */
  async drain(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.drain()));
  }

  /** Has them leave at once. */
  async stop(): Promise<void> {
    await Promise.all(this.#supervisors.map((supervisor) => supervisor.stop()));
  }
}

function supervisorOf(placement: Placement, parts: HostWorkersParts): Supervisor {
  const { keeper, url, grid, pool, module, dataFolders, log, stderr, logLevel } = parts;
  const isHere = isThisMachine(placement) && placement.launch === undefined;
  // callgrid adds its own module wherever it supervises
  const functions = isHere ? [module, workerModule.href] : [module];
  const memoryMb = Math.max(1, Math.floor(placement.workerBytes / bytesPerMb));
  const options = { pool, url, grid, score: placement.workerScore, memoryMb, dataFolder: dataFolders };
  return new Supervisor(
    // over a command, one process here represents all workers there
    { count: isHere ? placement.workers : 1, drainTimeoutMs, maxAttempts, settings: { functions, options, logLevel } },
    {
      keeper,
      log,
      stderr,
      launcher: isHere ? childLauncher({ stderr, clock: systemClock, memoryMb }) : launcherOf(placement, parts),
    },
  );
}

function launcherOf({ host, launch, program, workers, workerScore }: Placement, parts: HostWorkersParts): Launcher {
  const { pool, module, dataFolders, stderr } = parts;
  if (launch !== undefined) {
    const place = { command: launch, host, count: workers, ...(program !== undefined && { program }) };
    return commandLauncher(place, { stderr, clock: systemClock });
  }
  const folders = dataFolders.map((folder) => ` --data-folder ${folder}`).join("");
  const command = `callgrid worker --pool ${pool} --functions ${module} --count ${workers} --score ${workerScore}${folders}`;
  const problem = `pool "${pool}" has no worker there, and the host has no "launch"; start: ${command}`;
  throw new GridError("INVALID_OPTION", `host ${host} is not up: ${problem}`, { details: { host } });
}
