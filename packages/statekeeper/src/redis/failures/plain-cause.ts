/** Errors of ioredis carry the command that failed with all its arguments, and the first command of a link holds the password. */
import { messageOf } from "@callgrid/core";

/** The error by its message, code and stack alone. */
export function plainCause(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(messageOf(error));
  const { code } = error as Error & { readonly code?: unknown };
  const plain = new Error(error.message);
  plain.name = error.name;
  if (error.stack !== undefined) plain.stack = error.stack;
  return typeof code === "string" ? Object.assign(plain, { code }) : plain;
}
