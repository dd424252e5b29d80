/** Finds out whether anybody traces, without loading anything for it. */
import { Tracing } from "./tracing.ts";

/** Where the API keeps what an SDK has registered; the same for all of its versions 1.x. */
const registered = Symbol.for("opentelemetry.js.api.1");

/** Spans for the SDK that is set up in this process; undefined if there is none (yet), and nothing is loaded then. */
export async function loadTracing(): Promise<Tracing | undefined> {
  const sdk = (globalThis as Record<symbol, { readonly trace?: unknown } | undefined>)[registered];
  return sdk?.trace === undefined ? undefined : new Tracing(await import("@opentelemetry/api"));
}
