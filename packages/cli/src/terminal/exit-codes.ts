/** The exit codes, which scripts rely on: documented in every help, and decided here alone. */
import { isGridError, type RequestError } from "@callgrid/core";
import { CommanderError } from "commander";
import type { EndSignal } from "./io.ts";

export const exitCodes = {
  fine: 0,
  failed: 1,
  usage: 2,
  connection: 3,
  interrupted: 130,
  brokenPipe: 141,
  terminated: 143,
} as const;

/** For the end of each help. */
export const exitCodesHelp = `Exit codes:
  0    fine
  1    a request failed
  2    wrong usage, option, request or module
  3    no connection to the grid
  130  interrupted (143 by SIGTERM)
  141  the reader of stdout has gone, as with | head`;

const usageCodes: ReadonlySet<string> = new Set([
  "FUNCTION_REDEFINED",
  "INCOMPATIBLE_VERSION",
  "INVALID_MODULE",
  "INVALID_OPTION",
  "INVALID_REQUEST",
  "INVALID_VALUE",
  "PAYLOAD_TOO_LARGE",
  "REDIS_TOO_OLD",
  "UNKNOWN_FUNCTION",
]);

/** Whether a request failed with this error, as opposed to a request that was never sent. */
export function isRequestError(error: unknown): error is RequestError {
  return isGridError(error) && "tree" in error;
}

/** The exit code of a command that failed with this. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
  if (!isGridError(error) || isRequestError(error)) return exitCodes.failed;
  if (usageCodes.has(error.code)) return exitCodes.usage;
  if (error.code === "CONNECTION_FAILED") return exitCodes.connection;
  if (error.code !== "CANCELLED") return exitCodes.failed;
  // What ends a command here is a signal, and its name is the reason that requests are cancelled with.
  return exitCodeOfSignal(error.cause as EndSignal);
}

/** The exit code of a command that did not end well before this signal. */
export function exitCodeOfSignal(signal: EndSignal): number {
  switch (signal) {
    case "SIGTERM":
      return exitCodes.terminated;
    case "SIGPIPE":
      return exitCodes.brokenPipe;
    default:
      return exitCodes.interrupted;
  }
}
