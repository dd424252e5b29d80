/** The pool that an example asks: a Redis of its own, and a worker that can be away. */
import { connect, type Grid } from "callgrid";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";
import { ExampleProcess } from "./installed-example.ts";

const bin = "node_modules/.bin/callgrid";

export class PoolOfExample {
  readonly #folder: string;
  readonly #functions: string;
  readonly #redis: RedisServer;
  /** To look at the pool. */
  readonly #grid: Grid;

  private constructor([folder, functions]: readonly [string, string], redis: RedisServer, grid: Grid) {
    this.#folder = folder;
    this.#functions = functions;
    this.#redis = redis;
    this.#grid = grid;
  }

  /** `functions` is the module in the folder that workers load. */
  static async start(folder: string, functions: string): Promise<PoolOfExample> {
    const redis = await RedisServer.start();
    return new PoolOfExample([folder, functions], redis, await connect(redis.url));
  }

  get env(): Record<string, string> {
    return { CALLGRID_URL: this.#redis.url };
  }

  /** For a process whose connections are counted: it logs in as this user of the Redis. */
  async envOf(user: string): Promise<Record<string, string>> {
    await this.#redis.command("ACL", "SETUSER", user, "on", `>${user}`, "~*", "&*", "+@all");
    return { CALLGRID_URL: `${this.#redis.url}?username=${user}&password=${user}` };
  }

  startWorker(): ExampleProcess {
    return new ExampleProcess(
      this.#folder,
      [bin, "worker", "--pool", "pool", "--functions", this.#functions],
      this.env,
    );
  }

  /** Resolves once so many requests wait in the pool. */
  async hasQueued(count: number): Promise<void> {
    await until(async () => (await this.#grid.status("pool")).queued === count, 200);
  }

  /** How many connections to the Redis this user has. */
  async connectionsOf(user: string): Promise<number> {
    const reply = await this.#redis.command("CLIENT", "LIST");
    return reply.split("\n").filter((line) => line.includes(` user=${user} `)).length;
  }

  async stop(): Promise<void> {
    await this.#grid.close();
    await this.#redis.stop();
  }
}
