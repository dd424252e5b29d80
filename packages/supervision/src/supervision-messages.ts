/**
 * The messages of a supervisor and its worker processes over their private channel. Options travel here and not on the
 * command line, where everybody on the machine could read the password in a URL.
 */
import { type ErrorCode, errorCodes } from "@callgrid/core";
import type { Measures } from "@callgrid/health";

/** What a worker process is started with; plain data, since it goes to another process. */
export interface WorkerSettings {
  /** Paths or file URLs of the modules to load. */
  readonly functions: readonly string[];
  /** Any of `workerOptions`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The level of the process's log, by pino's names. */
  readonly logLevel: string;
  /** Whether to measure, and to report measurements; default: no. */
  readonly isMeasured?: boolean;
}

/** To the worker process. */
export type SupervisorMessage =
  | { readonly kind: "start"; readonly settings: WorkerSettings }
  /** Finish what runs, give back the rest, leave, end. */
  | { readonly kind: "drain" /** Default: the worker's own limit. */; readonly timeoutMs?: number }
  /** Give everything back, leave, end. */
  | { readonly kind: "stop" };

/** From the worker process. */
export type WorkerMessage =
  | {
      readonly kind: "joined";
      readonly id: string;
      /** Distinguishes it from others of its name; absent for one without a name. */
      readonly instance?: string | undefined;
    }
  | { readonly kind: "memory"; readonly rssBytes: number }
  | { readonly kind: "measures"; readonly measures: Measures }
  /** It cannot start, and another start would fail as well. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string };

const configurationCodes: ReadonlySet<ErrorCode> = new Set([
  "INVALID_MODULE",
  "INVALID_OPTION",
  "FUNCTION_REDEFINED",
  "INCOMPATIBLE_VERSION",
  "REDIS_TOO_OLD",
]);

/** Whether an error of this code comes again however often one tries. */
export function isConfigurationCode(code: ErrorCode): boolean {
  return configurationCodes.has(code);
}

/** Reads what came from a worker process; undefined for what the functions themselves may have sent over the channel. */
export function readWorkerMessage(message: unknown): WorkerMessage | undefined {
  if (typeof message !== "object" || message === null || !("kind" in message)) return undefined;
  const fields = message as Readonly<Record<string, unknown>>;
  const { kind, id, instance, rssBytes, measures, code, message: text } = fields;
  if (kind === "joined" && typeof id === "string")
    return { kind, id, ...(typeof instance === "string" && { instance }) };
  if (kind === "memory" && typeof rssBytes === "number") return { kind, rssBytes };
  if (kind === "measures" && Array.isArray(measures)) return { kind, measures };
  if (kind === "refused" && isErrorCode(code) && typeof text === "string") return { kind, code, message: text };
  return undefined;
}

function isErrorCode(code: unknown): code is ErrorCode {
  return (errorCodes as readonly unknown[]).includes(code);
}
