/** `callgrid top` as a process. */
import { expect, it } from "vitest";
import { CommandPool } from "../harness/command-pool.ts";

it("callgrid top --json prints the pools of the grid, and ends well by a signal", async () => {
  const pool = new CommandPool();
  await (await pool.keeper()).join({
    ...{ id: "worker-1", kind: "worker", leaseMs: 3_600_000 },
    description: { slots: 2 },
    functions: new Map(),
  });
  const top = pool.start("top", "--json");
  expect(await top.firstLine()).toMatchObject({ pools: { pool: { workers: 1, slots: 2, queued: 0 } } });
  top.kill("SIGTERM");
  expect(await top.ended).toMatchObject({ exitCode: 0, stderr: "" });
});
