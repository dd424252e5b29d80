/** The log of a client: warnings that no promise carries. */
import { GridError, logRedaction } from "@callgrid/core";
import { pino } from "pino";

/** A logger in the manner of pino: facts first, then a message. Pino's own loggers fit. @public */
export interface GridLog {
  debug(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
  warn(facts: Record<string, unknown>, message: string): void;
  error(facts: Record<string, unknown>, message: string): void;
  /** Whether lines of a level go anywhere; without it all are taken to do so. pino and most others have it. */
  isLevelEnabled?(level: string): boolean;
}

const standardError = 2;

/**
 * The log of who gives none: pino on standard error, which leaves standard output to results. Level `warn`, or what
 * `CALLGRID_LOG_LEVEL` says.
 *
 * @throws GridError `INVALID_OPTION` for a level that pino does not know.
 */
export function makeDefaultLog(environment: Readonly<Record<string, string | undefined>> = process.env): GridLog {
  const level = environment["CALLGRID_LOG_LEVEL"] || "warn";
  if (level !== "silent" && !Object.hasOwn(pino.levels.values, level)) {
    const levels = [...Object.keys(pino.levels.values), "silent"].join(", ");
    throw new GridError(
      "INVALID_OPTION",
      `CALLGRID_LOG_LEVEL: ${JSON.stringify(level)} is not a level; use one of ${levels}`,
    );
  }
  return pino({ level, name: "callgrid", ...logRedaction }, pino.destination(standardError));
}
