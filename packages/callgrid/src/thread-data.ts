/** What a worker thread finds at its start, as `workerData`. */
import type { MessagePort } from "node:worker_threads";

export interface ThreadData {
  /** To the thread that owns the statekeeper. */
  readonly port: MessagePort;
  /** The grid's name. */
  readonly grid: string;
  /** Where the thread that started it sees what its worker holds. */
  readonly holds: SharedArrayBuffer;
  /** Whether its log goes to the thread that started it, rather than to standard error. */
  readonly isLogPassedOn: boolean;
}
