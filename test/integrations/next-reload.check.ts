/** `next dev` of the example: what a hot reload of the route, and of the module that connects, does to connections. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";
import { ExampleProcess, exampleFolder } from "./installed-example.ts";
import { PoolOfExample } from "./pool-of-example.ts";

test("edits of modules are served by the grid that is open, and open no other", async () => {
  const folder = exampleFolder("next");
  const pool = await PoolOfExample.start(folder, "functions.ts");
  onTestFinished(() => pool.stop());
  const port = await RedisServer.freePort();
  pool.startWorker();
  // a worker connects further links after it has joined
  const env = { ...(await pool.envOf("server")), PORT: `${port}` };
  const server = new ExampleProcess(folder, ["node_modules/.bin/next", "dev"], env);
  const get = async (): Promise<unknown> => (await fetch(`http://localhost:${port}/fib/70`)).json();

  await until(async () => server.hasEnded || (await get().catch(() => undefined)));
  expect(await get(), server.output).toEqual({ value: 190_392_490_709_135 });
  const connections = await pool.connectionsOf("server");
  expect(connections).toBeGreaterThan(0);
  for (const edit of [1, 2, 3]) {
    editFile(
      join(folder, "app/fib/[n]/route.ts"),
      /Response\.json\(\{ (edit: \d+, )?value/,
      `Response.json({ edit: ${edit}, value`,
    );
    editFile(join(folder, "grid.ts"), /$/, `\nexport const edit${edit} = ${edit};\n`);
    const isServed = async () => JSON.stringify(await get()) === `{"edit":${edit},"value":190392490709135}`;
    await until(async () => server.hasEnded || (await isServed().catch(() => false)));
    expect(await pool.connectionsOf("server"), server.output).toBe(connections);
  }
});

function editFile(path: string, pattern: RegExp, replacement: string): void {
  writeFileSync(path, readFileSync(path, "utf8").replace(pattern, replacement));
}
