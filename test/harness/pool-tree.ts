/** Pools on Redis servers of their own, with distributors that bridge them: real processes, each of which a test may kill. */
import { randomUUID } from "node:crypto";
import { connect, type Grid } from "@callgrid/client";
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { fixture } from "./fixture.ts";
import { RedisServer } from "./redis-server.ts";
import { GridProcess } from "./worker-processes.ts";

const functions = fixture("end-to-end/functions");
/** Short, since tests have to wait for them, and longer than a loaded machine's pauses. */
const lease = ["--lease-ms", "2s"];

/** Takes what is to be ended after the test, or after all tests that share the tree. */
type AtEnd = (end: () => Promise<void>) => void;

export class PoolTree {
  readonly #atEnd: AtEnd;
  readonly #grid = randomUUID();
  readonly #servers = new Map<string, RedisServer>();

  private constructor(atEnd: AtEnd) {
    this.#atEnd = atEnd;
  }

  /** Each pool gets a server that has its name. */
  static async plant(atEnd: AtEnd, ...pools: readonly string[]): Promise<PoolTree> {
    const tree = new PoolTree(atEnd);
    for (const pool of pools) {
      const server = await RedisServer.start();
      atEnd(() => server.stop());
      tree.#servers.set(pool, server);
    }
    return tree;
  }

  server(pool: string): RedisServer {
    const server = this.#servers.get(pool);
    if (server === undefined) throw new Error(`no pool "${pool}" in this tree`);
    return server;
  }

  /** A distributor that heads the pool, with a bridge to its parent. */
  async bridge(pool: string, parent: string): Promise<GridProcess> {
    const more = ["--parent", parent, "--parent-url", this.server(parent).url, ...lease];
    return this.#ended(await GridProcess.distributor({ ...this.#place(pool), more }));
  }

  async distributor(pool: string): Promise<GridProcess> {
    return this.#ended(await GridProcess.distributor({ ...this.#place(pool), more: lease }));
  }

  async workers(pool: string, count: number): Promise<GridProcess> {
    return this.#ended(await GridProcess.workers({ ...this.#place(pool), functions, count, more: lease }));
  }

  /** A client of the pool's server. */
  async client(pool: string): Promise<Grid> {
    const { url, grid } = this.#place(pool);
    const client = await connect(url, { grid, checkEveryMs: 500 });
    this.#atEnd(() => client.close());
    return client;
  }

  /** Looks at the pool. */
  async keeper(pool: string): Promise<PoolKeeper> {
    const { url, grid } = this.#place(pool);
    const statekeeper = await openStatekeeper(url, { grid });
    this.#atEnd(() => statekeeper.close());
    return statekeeper.pool(pool);
  }

  #place(pool: string): { url: string; grid: string; pool: string } {
    return { url: this.server(pool).url, grid: this.#grid, pool };
  }

  #ended(started: GridProcess): GridProcess {
    this.#atEnd(async () => void (await started.end("SIGKILL")));
    return started;
  }
}
