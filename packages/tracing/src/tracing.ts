/**
 * Makes spans, and carries their context from process to process as the W3C has it (a `traceparent`, and a blank and the `tracestate`
 * behind it where there is one), so that a nested tree of requests is one trace wherever its parts are evaluated.
 */
import type * as Api from "@opentelemetry/api";

/** What a span is about. */
export interface Place {
  readonly functionName: string;
  readonly requestId: string;
  readonly pool: string;
}

/** Under what a span is: one of this process, or the context of another one's. Absent: what is active here. */
export type Parent = RequestSpan | string | undefined;

const form = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?: (.+))?$/;

/** A span that is under way. */
export class RequestSpan {
  readonly #api: typeof Api;
  readonly #span: Api.Span;
  readonly context: Api.Context;

  constructor(api: typeof Api, span: Api.Span, parent: Api.Context) {
    this.#api = api;
    this.#span = span;
    this.context = api.trace.setSpan(parent, span);
  }

  get traceId(): string {
    return this.#span.spanContext().traceId;
  }

  /** For who goes on in another process. */
  get carried(): string {
    const { traceId, spanId, traceFlags, traceState } = this.#span.spanContext();
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
    const tracestate = traceState?.serialize() ?? "";
    return tracestate === "" ? traceparent : `${traceparent} ${tracestate}`;
  }

  /** Runs a function so that spans which it makes itself are under this one. */
  around<Value>(run: () => Value): Value {
    return this.#api.context.with(this.context, run);
  }

  /** Ends it, at this time in ms since 1970 if given, with the code of the error that it failed with. */
  end(code?: string, atMs?: number): void {
    if (code !== undefined) {
      this.#span.setAttribute("error.type", code);
      this.#span.setStatus({ code: this.#api.SpanStatusCode.ERROR, message: code });
    }
    this.#span.end(atMs);
  }
}

export class Tracing {
  readonly #api: typeof Api;
  readonly #tracer: Api.Tracer;

  constructor(api: typeof Api) {
    this.#api = api;
    this.#tracer = api.trace.getTracer("callgrid");
  }

  /** Begins a span, at this time in ms since 1970 if given. */
  begin(name: string, { functionName, requestId, pool }: Place, parent?: Parent, atMs?: number): RequestSpan {
    const above = this.#contextOf(parent);
    const attributes = { "callgrid.function": functionName, "callgrid.request_id": requestId, "callgrid.pool": pool };
    const times = atMs === undefined ? {} : { startTime: atMs };
    const span = this.#tracer.startSpan(`${name} ${functionName}`, { attributes, ...times }, above);
    return new RequestSpan(this.#api, span, above);
  }

  #contextOf(parent: Parent): Api.Context {
    if (parent === undefined) return this.#api.context.active();
    if (typeof parent !== "string") return parent.context;
    const [, traceId, spanId, flags, tracestate] = form.exec(parent) ?? [];
    if (traceId === undefined || spanId === undefined) return this.#api.ROOT_CONTEXT;
    const state = tracestate === undefined ? {} : { traceState: this.#api.createTraceState(tracestate) };
    const remote = { traceId, spanId, traceFlags: Number.parseInt(flags ?? "0", 16), isRemote: true, ...state };
    return this.#api.trace.setSpanContext(this.#api.ROOT_CONTEXT, remote);
  }
}
