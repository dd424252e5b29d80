/** Package health: how a node is, over HTTP: alive, ready, and its metrics for Prometheus. */
export { type HealthParts, type RunningHealth, startHealth } from "./health-server.ts";
export { MeasureBook, type Measures } from "./measure-book.ts";
export { WorkerMetrics, type WorkerVitals } from "./worker-metrics.ts";
