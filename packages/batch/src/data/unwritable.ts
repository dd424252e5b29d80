/** A file that could be written when a run began, and cannot any more. */
import { GridError, messageOf } from "@callgrid/core";

/** The error of such a file. */
export function unwritable(path: string, cause: unknown): GridError {
  const isFull = (cause as Partial<NodeJS.ErrnoException> | undefined)?.code === "ENOSPC";
  const reason = isFull ? "the disk is full" : messageOf(cause);
  return new GridError("FILE_UNWRITABLE", `${path} could not be written: ${reason}`, {
    details: { file: path },
    cause,
  });
}
