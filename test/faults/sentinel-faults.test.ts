/** Sentinels that make the replica the primary: workers and clients ask them where it is, and nothing is lost. */
import { RunQueue } from "@callgrid/batch/runs";
import { describe, expect, test } from "vitest";
import { runCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { loadPool } from "../harness/pool-load.ts";
import { RedisSentinels } from "../harness/redis-sentinels.ts";

describe.runIf(shortOrFull(false, true))("with sentinels", () => {
  test("the primary is killed, its replica takes over, and the other way round", async (context) => {
    const sentinels = await RedisSentinels.start();
    context.onTestFinished(() => sentinels.stop());
    const stage = await FaultStage.set(context, { url: sentinels.url });
    await stage.startDistributor().says("became head of the pool");
    const { settle } = await loadPool(stage);
    const place = { url: sentinels.url, grid: stage.grid };
    expect((await runCommand(["doctor", "--url", place.url, "--grid", place.grid])).exitCode).toBe(0);
    const runs = new RunQueue(place);
    context.onTestFinished(() => runs.close());
    const spec = { data: { range: [0, 1] as const }, process: "leaf", reduce: "leaf", delayMs: 3_600_000 };
    const id = await runs.submit({ pool: "pool", ...spec });
    const [one, other] = sentinels.servers;
    for (const [primary, replica] of [
      [one, other],
      [other, one],
    ] as const) {
      await primary.kill("SIGKILL");
      await sentinels.tookOver(replica);
      await primary.restart();
      await sentinels.follows(primary);
    }
    expect((await runs.show(id)).state).toBe("delayed");
    await settle();
  });
});
