import { expect, it } from "vitest";
import { MeasureBook } from "./measure-book.ts";
import { WorkerMetrics, type WorkerVitals } from "./worker-metrics.ts";

function worker(vitals: Partial<WorkerVitals>): WorkerMetrics {
  const metrics = new WorkerMetrics("pool");
  const idle = { running: 0, suspended: 0, claimed: 0, memoryHits: 0, memoryMisses: 0, functions: [] };
  metrics.watch(() => ({ ...idle, ...vitals }));
  return metrics;
}

async function linesOf(book: MeasureBook, name: string): Promise<string[]> {
  const text = await (await book.total()).metrics();
  return text.split("\n").filter((line) => line.startsWith(name));
}

it("adds up what workers measure", async () => {
  const book = new MeasureBook();
  const [one, other] = [worker({ claimed: 3, running: 1 }), worker({ claimed: 4, running: 1 })];
  one.evaluated("divide", 2, undefined);
  other.evaluated("divide", 700, "FUNCTION_FAILED");
  book.note(0, await one.measures());
  book.note(1, await other.measures());
  expect(await linesOf(book, "callgrid_worker_claims_total")).toEqual(['callgrid_worker_claims_total{pool="pool"} 7']);
  expect(await linesOf(book, "callgrid_worker_running")).toEqual(['callgrid_worker_running{pool="pool"} 2']);
  const durations = await linesOf(book, "callgrid_request_duration_seconds");
  expect(durations).toContain('callgrid_request_duration_seconds_bucket{le="0.005",pool="pool",function="divide"} 1');
  expect(durations).toContain('callgrid_request_duration_seconds_bucket{le="1",pool="pool",function="divide"} 2');
  expect(durations).toContain('callgrid_request_duration_seconds_count{pool="pool",function="divide"} 2');
  expect(await linesOf(book, "callgrid_outcome_errors_total")).toEqual([
    'callgrid_outcome_errors_total{pool="pool",function="divide",code="FUNCTION_FAILED"} 1',
  ]);
});

it("keeps the counters of workers that are gone, and nothing else of them", async () => {
  const book = new MeasureBook();
  for (const claimed of [3, 5]) {
    book.note(0, await worker({ claimed, running: 1 }).measures());
    book.close(0);
  }
  book.note(0, await worker({ claimed: 1, running: 1 }).measures());
  expect(await linesOf(book, "callgrid_worker_claims_total")).toEqual(['callgrid_worker_claims_total{pool="pool"} 9']);
  expect(await linesOf(book, "callgrid_worker_running")).toEqual(['callgrid_worker_running{pool="pool"} 1']);
});

it("counts functions together once there are very many", async () => {
  const functions = Array.from({ length: 300 }, (_, i) => ({ functionName: `f${i}`, evaluations: 1, failures: 0 }));
  const book = new MeasureBook();
  book.note(0, await worker({ functions }).measures());
  const lines = await linesOf(book, "callgrid_worker_evaluations_total");
  expect(lines).toHaveLength(201);
  expect(lines).toContain('callgrid_worker_evaluations_total{pool="pool",function="other"} 100');
});
