/** Payloads and outcomes that are too long to be handed on by whoever only passes them: they are told of by reference, or shortly. */
import { functionNameOf } from "@callgrid/core";

const largeBytes = 65_536;

export function isLargeText(text: string): boolean {
  return Buffer.byteLength(text) > largeBytes;
}

/** A payload as an error shows it: of a large one the function alone. */
export function shownPayload(payload: string): string {
  return isLargeText(payload) ? JSON.stringify([functionNameOf(payload)]) : payload;
}
