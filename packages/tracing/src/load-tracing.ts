/** Finds out whether anybody traces, without loading anything for it. */
import { Tracing } from "./tracing.ts";

/** Where the API keeps what an SDK has registered; the same for all of its versions 1.x. */
const registered = Symbol.for("opentelemetry.js.api.1");

/**
 * Spans for the SDK that is set up in this process. Undefined, without loading anything, if no SDK is set up by now; and undefined if the API
 * cannot be loaded. The API is an optional package, and bundlers that do not find it continue only if its absence is handled here.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  const sdk = (globalThis as Record<symbol, { readonly trace?: unknown } | undefined>)[registered];
  if (sdk?.trace === undefined) return undefined;
  const api = await import("@opentelemetry/api").catch(() => undefined);
  return api && new Tracing(api);
}
