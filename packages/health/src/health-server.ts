/**
 * Serves how the nodes of this process (or of the processes that it supervises) are: `/healthz` says that the process is alive,
 * `/readyz` that it takes part in its pool, `/metrics` what it and the pool have counted, for Prometheus, and `/capacity` how many
 * workers the pool should have, for autoscalers.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { type Clock, GridError, messageOf, systemClock } from "@callgrid/core";
import { isOwnWorker, type ObservedPool, type Statekeeper } from "@callgrid/statekeeper";
import { collectDefaultMetrics, Registry } from "prom-client";
import { boundConnections, serverLimits } from "./connection-limits.ts";
import type { MeasureBook } from "./measure-book.ts";
import { PoolMetrics } from "./pool-metrics.ts";
import { PoolWatch } from "./pool-watch.ts";
import { type Readiness, readiness } from "./readiness.ts";

/** What the health pages report, and where they are served. */
export interface HealthParts {
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
  readonly keeper: ObservedPool;
  readonly statekeeper: Pick<Statekeeper, "ping">;
  /** The nodes that are there now, as `pool/…`. */
  readonly nodes: () => readonly string[];
  /** What worker processes measured; absent: this process is the node, and measures itself. */
  readonly book?: MeasureBook | undefined;
  readonly clock?: Clock | undefined;
}

/** Health that is being served. */
export interface RunningHealth {
  /** `http://host:port`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves health until it is stopped.
 *
 * @throws GridError `INVALID_OPTION` when the port cannot be had.
 * @example
 * ```ts
 * import { startHealth } from "@callgrid/health";
 * import { openStatekeeper } from "@callgrid/statekeeper";
 *
 * const statekeeper = await openStatekeeper("redis://localhost:6379", { grid: "default" });
 * const keeper = statekeeper.pool("pool");
 * const health = await startHealth({ port: 9464, host: "127.0.0.1", keeper, statekeeper, nodes: () => ["pool/w1"] });
 * await health.stop();
 * ```
 */
export async function startHealth(parts: HealthParts): Promise<RunningHealth> {
  const pages = new HealthPages(parts);
  const server = createServer(serverLimits, (request, response) => {
    response.setHeader("connection", "close");
    void pages.serve(request, response);
  });
  boundConnections(server, parts.clock ?? systemClock);
  await listen(server, parts);
  pages.start();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${isIPv6(parts.host) ? `[${parts.host}]` : parts.host}:${port}`,
    stop: async () => {
      pages.stop();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function listen(server: Server, { port, host }: HealthParts): Promise<void> {
  server.listen({ port, host });
  try {
    await once(server, "listening");
  } catch (cause) {
    const reason = messageOf(cause);
    throw new GridError("INVALID_OPTION", `--health-port ${port}: cannot serve health there (${reason})`, {
      details: { path: "--health-port" },
      cause,
    });
  }
}

class HealthPages {
  readonly #parts: HealthParts;
  readonly #clock: Clock;
  readonly #registry = new Registry();
  readonly #pool: PoolMetrics;
  readonly #watch: PoolWatch;

  constructor(parts: HealthParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#pool = new PoolMetrics(parts.keeper.pool, this.#registry);
    if (parts.book === undefined) collectDefaultMetrics({ register: this.#registry });
    const onRoundTrip = this.#pool.noteRoundTrip.bind(this.#pool);
    this.#watch = new PoolWatch({ ...parts, clock: this.#clock, onRoundTrip });
  }

  start(): void {
    void this.#watch.start();
  }

  stop(): void {
    void this.#watch.stop();
  }

  async serve({ method, url = "" }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== "GET" && method !== "HEAD") return answer(response, 405, { error: "only GET is served here" });
    switch (url.split("?")[0]) {
      case "/healthz":
        return answer(response, 200, { status: "alive", nodes: this.#parts.nodes() });
      case "/readyz":
        return this.#serveReadiness(response);
      case "/capacity":
        return this.#serveCapacity(response);
      case "/metrics":
        return this.#serveMetrics(response);
      default:
        return answer(response, 404, { error: "there are /healthz, /readyz, /metrics and /capacity" });
    }
  }

  async #serveReadiness(response: ServerResponse): Promise<void> {
    const { isReady, reasons } = await this.#readiness();
    answer(response, isReady ? 200 : 503, { status: isReady ? "ready" : "not ready", reasons });
  }

  async #readiness(): Promise<Readiness> {
    const { state } = await this.#watch.fresh();
    const nodes = this.#parts.nodes().map((node) => node.slice(node.indexOf("/") + 1));
    return readiness({ state, nodes, couldWorkAt: this.#watch.couldWorkAt, now: this.#clock.now() });
  }

  async #serveCapacity(response: ServerResponse): Promise<void> {
    const { state } = await this.#watch.fresh();
    if (state === undefined) return answer(response, 503, { error: "Redis does not answer" });
    const { capacity, members, pool } = state;
    if (capacity === undefined) return answer(response, 503, { error: "no distributor has computed it yet" });
    answer(response, 200, { pool, ...capacity, workers: members.filter(isOwnWorker).length });
  }

  async #serveMetrics(response: ServerResponse): Promise<void> {
    const { state } = await this.#watch.fresh();
    this.#pool.note(state);
    const own = await this.#registry.metrics();
    const workers = await (await this.#parts.book?.total())?.metrics();
    response.writeHead(200, { "content-type": this.#registry.contentType });
    response.end(workers === undefined ? own : `${own}\n${workers}`);
  }
}

function answer(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}
