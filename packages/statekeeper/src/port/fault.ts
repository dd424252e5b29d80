/** Errors on their way through a port: a structured clone would drop their class and code, so they travel as data. */
import { type ErrorCode, GridError, isGridError, messageOf, readProperty } from "@callgrid/core";

/** An error as plain data. Without a code it was no GridError. */
export interface PortFault {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
}

/** Writes an error down. Details that no clone can carry are left behind: the code and the message matter more. */
export function faultOf(error: unknown): PortFault {
  if (isGridError(error)) return { message: error.message, code: error.code, details: clonable(error.details) };
  const stack = readProperty(error, "stack");
  return { message: messageOf(error), ...(typeof stack === "string" && { stack }) };
}

/** The error that {@link faultOf} wrote down. */
export function errorOf(fault: PortFault): Error {
  if (fault.code !== undefined) return new GridError(fault.code, fault.message, { details: { ...fault.details } });
  const error = new Error(fault.message);
  if (fault.stack !== undefined) error.stack = fault.stack;
  return error;
}

function clonable(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    return structuredClone(details);
  } catch {
    return {};
  }
}
