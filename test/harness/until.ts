/** Waiting for what will come: how long that takes is up to the machine, so only what hangs is given up. */
import { vi } from "vitest";

/** Resolves with what `look` returns once that is truthy. It is asked every so many ms, as nothing reports changes. */
export function until<Value>(look: () => Value | Promise<Value>, everyMs = 50): ReturnType<typeof vi.waitUntil<Value>> {
  return vi.waitUntil(look, { timeout: 100_000, interval: everyMs });
}
