/** A nested tree of requests is one trace, whichever workers evaluate its parts. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { context, createTraceState, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { callReentrant, connect, define, startWorker } from "callgrid";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { LogTape } from "../harness/log-tape.ts";
import { until } from "../harness/until.ts";

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
});

const divide = define("divide", (x: number, y: number) => {
  if (y === 0) throw new Error("Icky value");
  return trace.getTracer("user").startActiveSpan("user's own", (span) => {
    span.end();
    return x / y;
  });
});
const ratio = define("ratio", async (i: number) => (await callReentrant([[divide, i, i - 1]]))[0]);
const report = define(
  "report",
  async (i: number) =>
    (
      await callReentrant([
        [ratio, i],
        [ratio, i + 1],
      ])
    )[0],
);

async function pool(sharing: "auto" | "eager", { log } = new LogTape()) {
  const grid = randomUUID();
  const url = inject("redisUrl");
  for (let i = 0; i < 2; i += 1) {
    const worker = await startWorker({ pool: "pool", functions: [divide, ratio, report], url, grid, sharing, log });
    onTestFinished(() => worker.stop());
  }
  const client = await connect(url, { grid, log });
  onTestFinished(() => client.close());
  return client;
}

/** The spans of so many runs, once they have ended. */
async function spansOf(runs: number): Promise<ReadableSpan[]> {
  const ended = () => exporter.getFinishedSpans().filter(({ name }) => name.startsWith("run ")).length;
  await until(() => ended() >= runs);
  return exporter.getFinishedSpans();
}

/** The names of a span and of all that it is under, innermost first. */
function ancestry(span: ReadableSpan, spans: readonly ReadableSpan[]): string[] {
  const parent = spans.find((other) => other.spanContext().spanId === span.parentSpanContext?.spanId);
  return [span.name, ...(parent === undefined ? [] : ancestry(parent, spans))];
}

describe("traces", () => {
  it.each(["auto", "eager"] as const)("a nested tree is one trace (sharing: %s)", async (sharing) => {
    const grid = await pool(sharing);
    const root = trace.getTracer("app").startSpan("app");
    await context.with(trace.setSpan(context.active(), root), () => grid.enqueue("pool", [report, 7]));
    root.end();
    const spans = await spansOf(5);
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([root.spanContext().traceId]));
    const own = spans.find(({ name }) => name === "user's own");
    if (own === undefined) throw new Error("the user's own span is missing");
    const above = ancestry(own, spans).filter((name) => sharing === "eager" || !/^submit (ratio|divide)/.test(name));
    const asked = (name: string) => (sharing === "eager" ? [`run ${name}`, `submit ${name}`] : [`run ${name}`]);
    expect(above).toEqual(["user's own", ...asked("divide"), ...asked("ratio"), "run report", "submit report", "app"]);
    const kinds = new Set(spans.map(({ name }) => name.split(" ")[0]));
    expect([...kinds].sort()).toEqual(["app", "resume", "run", "submit", "suspended", "user's", "wait"]);
    const suspended = spans.find(({ name }) => name === "suspended report");
    if (suspended === undefined) throw new Error("nothing was suspended");
    expect(ancestry(suspended, spans).slice(0, 2)).toEqual(["suspended report", "run report"]);
  });

  it("the trace is not part of what makes requests equal: the second caller is answered from what is kept", async () => {
    const grid = await pool("auto");
    await grid.enqueue("pool", [divide, 8, 2]);
    await spansOf(1);
    await grid.enqueue("pool", [divide, 8, 2]);
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names.filter((name) => name === "submit divide")).toHaveLength(2);
    expect(names.filter((name) => name === "run divide")).toHaveLength(1);
  });

  it("a tracestate goes along, to every part of the tree", async () => {
    const grid = await pool("eager");
    const [traceId, spanId] = ["0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"];
    const caller = { traceId, spanId, traceFlags: 1, traceState: createTraceState("vendor=one,other=two") };
    const above = trace.setSpanContext(context.active(), caller);
    await context.with(above, () => grid.enqueue("pool", [report, 8]));
    const spans = (await spansOf(5)).map((span) => span.spanContext());
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(new Set(spans.map((span) => span.traceState?.serialize()))).toEqual(new Set(["vendor=one,other=two"]));
  });

  it("the log lines of caller and workers have its id", async () => {
    const tape = new LogTape();
    const grid = await pool("eager", tape);
    const root = trace.getTracer("app").startSpan("app");
    await context.with(trace.setSpan(context.active(), root), () => grid.enqueue("pool", [report, 9]));
    await spansOf(5);
    const { traceId } = root.spanContext();
    for (const words of ["request submitted", "request started", "request evaluated", "request answered"]) {
      expect((await tape.line(words)).msg).toBe(words);
      expect(tape.having(words).map((line) => line["traceId"])).toEqual(tape.having(words).map(() => traceId));
    }
    const [submitted, answered] = [tape.having("request submitted")[0], tape.having("request answered")[0]];
    expect(answered).toMatchObject({ requestId: submitted?.["requestId"], pool: "pool", isError: false });
  });

  it("reports the code of an error", async () => {
    const grid = await pool("auto");
    await expect(grid.enqueue("pool", [divide, 1, 0])).rejects.toThrow("Icky value");
    const spans = await spansOf(1);
    for (const name of ["run divide", "submit divide"]) {
      const failed = spans.find((span) => span.name === name);
      expect(failed).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "FUNCTION_FAILED" } });
    }
  });

  it("nothing of OpenTelemetry is loaded where no SDK is set up", async () => {
    const fixture = fileURLToPath(new URL("../fixtures/end-to-end/loads-tracing.mjs", import.meta.url));
    const run = (...args: string[]) => promisify(execFile)(process.execPath, [fixture, inject("redisUrl"), ...args]);
    expect((await run()).stdout).toBe("4 not loaded\n");
    expect((await run("with-sdk")).stdout).toBe("4 loaded\n");
  });
});
