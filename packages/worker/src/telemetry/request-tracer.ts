/**
 * Spans of what this worker does for a request: `submit` while it waits for a call that it put into the pool's hands, `wait` from
 * the claim to the start, `run` for the evaluation, and under that `suspended` and `resume` each time it waits for its calls.
 */
import type { Place, RequestSpan, Tracing } from "@callgrid/tracing";
import type { Evaluation } from "../evaluation/evaluation.ts";

/** The spans of one evaluation that are under way. */
interface Spans {
  submit?: RequestSpan | undefined;
  run?: RequestSpan | undefined;
  suspended?: RequestSpan | undefined;
}

export class RequestTracer {
  readonly #tracing: Tracing;
  readonly #pool: string;
  readonly #now: () => number;
  readonly #spans = new WeakMap<Evaluation, Spans>();

  constructor(tracing: Tracing, pool: string, now: () => number) {
    this.#tracing = tracing;
    this.#pool = pool;
    this.#now = now;
  }

  /** It goes into the pool's hands. Returns the context that goes with it; none where its caller is not traced. */
  asked(evaluation: Evaluation): string | undefined {
    const spans = this.#of(evaluation);
    const above = this.#callerOf(evaluation);
    if (spans.run !== undefined) return spans.run.carried;
    if (above !== undefined) spans.submit ??= this.#tracing.begin("submit", this.#place(evaluation), above);
    return spans.submit?.carried ?? evaluation.trace;
  }

  /** A request that was not traced before it came here is not traced here either. */
  started(evaluation: Evaluation): void {
    const spans = this.#of(evaluation);
    const above = spans.submit ?? evaluation.trace ?? this.#callerOf(evaluation);
    if (above === undefined) return;
    const place = this.#place(evaluation);
    const now = this.#now();
    if (evaluation.isOwned) this.#tracing.begin("wait", place, above, evaluation.claimedAt).end(undefined, now);
    const run = this.#tracing.begin("run", place, above, now);
    spans.run = run;
    evaluation.span = run;
  }

  /** It has begun to wait for its calls, or goes on. */
  turned(evaluation: Evaluation): void {
    const spans = this.#of(evaluation);
    if (spans.run === undefined) return;
    const now = this.#now();
    if (evaluation.state === "suspended") {
      spans.suspended ??= this.#tracing.begin("suspended", this.#place(evaluation), spans.run, now);
      return;
    }
    if (spans.suspended === undefined) return;
    const answeredAt = evaluation.answeredAt ?? now;
    spans.suspended.end(undefined, answeredAt);
    spans.suspended = undefined;
    this.#tracing.begin("resume", this.#place(evaluation), spans.run, answeredAt).end(undefined, now);
  }

  settled(evaluation: Evaluation): void {
    const spans = this.#spans.get(evaluation);
    if (spans === undefined) return;
    const code = evaluation.settled?.tree?.code;
    spans.suspended?.end();
    spans.run?.end(code, this.#now());
    spans.submit?.end(code, this.#now());
    this.#spans.delete(evaluation);
  }

  #of(evaluation: Evaluation): Spans {
    const known = this.#spans.get(evaluation);
    if (known !== undefined) return known;
    const fresh: Spans = {};
    this.#spans.set(evaluation, fresh);
    return fresh;
  }

  #callerOf({ waiters }: Evaluation): RequestSpan | undefined {
    return waiters[0]?.calls.caller.span;
  }

  #place({ functionName, id }: Evaluation): Place {
    return { functionName, requestId: id, pool: this.#pool };
  }
}
