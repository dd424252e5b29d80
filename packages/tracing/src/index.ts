/** Package tracing: spans of requests for OpenTelemetry, where an SDK is set up. */
export { loadTracing } from "./load-tracing.ts";
export { type Place, type RequestSpan, Tracing } from "./tracing.ts";
