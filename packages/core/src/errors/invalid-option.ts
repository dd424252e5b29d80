/** The error of an option that cannot be used, wherever it was given. */
import { GridError } from "./errors.ts";

/** What an {@link invalidOption} carries besides its path. */
export interface InvalidOptionExtra {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/**
 * `INVALID_OPTION` with `details.path`.
 *
 * @param path - the option as the user wrote it: `startWorker.slots`, `--slots`.
 * @param problem - what is wrong with it; follows the path in the message.
 */
export function invalidOption(path: string, problem: string, extra: InvalidOptionExtra = {}): GridError {
  return new GridError("INVALID_OPTION", `${path} ${problem}`, {
    details: { path, ...extra.details },
    cause: extra.cause,
  });
}
