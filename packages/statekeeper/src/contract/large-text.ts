/** Payloads and outcomes that are too long to be passed on as text: messages name them by reference, or shortened. */
import { functionNameOf } from "@callgrid/core";

const largeBytes = 65_536;

export function isLargeText(text: string): boolean {
  return Buffer.byteLength(text) > largeBytes;
}

/** A payload as an error shows it: of a large one the function alone. */
export function shownPayload(payload: string): string {
  return isLargeText(payload) ? JSON.stringify([functionNameOf(payload)]) : payload;
}
