/** What Redis refuses for good, and why, without the arguments of the command. */
import { GridError, isGridError, messageOf } from "@callgrid/core";
import { incompatibleVersion } from "../wire/wire-version.ts";
import { plainCause } from "./plain-cause.ts";

/** @param what - the script or command. */
export function refused(what: string, error: unknown): GridError {
  const message = messageOf(error);
  const incompatible = incompatibleVersion(message);
  if (incompatible !== undefined) return incompatible;
  const isElsewhere = message.startsWith("MOVED");
  const reason = isElsewhere ? `${message}; a Cluster is reached by redis+cluster://host:port` : message;
  return new GridError("STATEKEEPER_REFUSED", `Redis refused "${what}": ${reason}`, {
    cause: plainCause(error),
    details: { script: what },
  });
}

/** The result of plain commands; throws `STATEKEEPER_REFUSED` with the name of one that Redis refuses. */
export async function orRefused<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    const { command } = error as { readonly command?: { readonly name?: string } };
    throw isGridError(error) ? error : refused(command?.name ?? "a command", error);
  }
}
