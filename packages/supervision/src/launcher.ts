/**
 * What starts workers for a supervisor: as child processes, as threads of the embedded grid, or over a command on another
 * machine. A launcher only starts workers; the supervisor decides when to restart them and how to drain them.
 */
import type { SupervisorMessage, WorkerMessage } from "./supervision-messages.ts";

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The last lines it wrote to stderr. */
  readonly stderr: readonly string[];
  /** It was the link between the supervisor and workers that may go on without it: they drain and leave by themselves. Default: no. */
  readonly leavesWorkers?: boolean;
}

/** What was launched, as its supervisor sees it. */
export interface LaunchedWorker {
  readonly processId: number | undefined;
  /** Does nothing once the process has ended. */
  send(message: SupervisorMessage): void;
  /** Ends the process without its doing. */
  kill(): void;
  /** Resolves when it has ended, however that came; never rejects. */
  readonly ended: Promise<ProcessEnd>;
}

/** Starts a worker process, which waits for its options. */
export type Launcher = (onMessage: (message: WorkerMessage) => void) => LaunchedWorker;
