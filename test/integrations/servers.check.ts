/** Each HTTP server of the examples, on a real Redis: values, errors, clients that leave, and its end at SIGTERM. */
import { expect, onTestFinished, test } from "vitest";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";
import { ExampleProcess, exampleFolder } from "./installed-example.ts";
import { PoolOfExample } from "./pool-of-example.ts";

interface Server {
  readonly example: string;
  readonly command: readonly string[];
  readonly functions: string;
  /** How it ends at SIGTERM: its exit code, or the signal where it raises that again. */
  readonly end: number | string;
}

const withTsx = ["node", "--import", "tsx", "server.ts"];
const servers: readonly Server[] = [
  { example: "fastify", command: withTsx, functions: "functions.ts", end: 0 },
  { example: "hono", command: withTsx, functions: "functions.ts", end: 0 },
  { example: "nest", command: ["node", "dist/main.js"], functions: "dist/functions.js", end: "SIGTERM" },
  { example: "next", command: ["node_modules/.bin/next", "start"], functions: "functions.ts", end: 143 },
];

test.each(servers)(
  "$example serves values of the grid, and ends in order",
  async ({ example, command, functions, end }) => {
    const folder = exampleFolder(example);
    const pool = await PoolOfExample.start(folder, functions);
    onTestFinished(() => pool.stop());
    const port = await RedisServer.freePort();
    const server = new ExampleProcess(folder, command, { ...pool.env, PORT: `${port}` });
    const get = (n: number, options: RequestInit = {}) => fetch(`http://localhost:${port}/fib/${n}`, options);
    const answers = async (n: number) => {
      const response = await get(n);
      return [response.status, await response.json()];
    };

    const worker = pool.startWorker();
    await until(async () => server.hasEnded || (await get(1).catch(() => undefined)));
    expect(await answers(70), server.output).toEqual([200, { value: 190_392_490_709_135 }]);
    expect(await answers(-1), server.output).toEqual([500, { code: "FUNCTION_FAILED" }]);

    worker.terminate();
    expect(await worker.ended(), worker.output).toBe(0);
    const leaving = new AbortController();
    const left = get(71, { signal: leaving.signal }).catch(() => "left");
    await pool.hasQueued(1);
    leaving.abort();
    expect(await left).toBe("left");
    await pool.hasQueued(0);

    const last = answers(72);
    await pool.hasQueued(1);
    server.terminate();
    pool.startWorker();
    expect(await last, server.output).toEqual([200, { value: 498_454_011_879_264 }]);
    expect(await server.ended(), server.output).toBe(end);
  },
);
