/** Sentinels that make the replica the primary: workers and clients ask them where it is, and nothing is lost. */
import { test } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { loadPool } from "../harness/pool-load.ts";
import { RedisSentinels } from "../harness/redis-sentinels.ts";

shortOrFull(test.skip, test)(
  "the primary is killed, and the sentinels make the replica the primary",
  { timeout: 120_000 },
  async (context) => {
    const sentinels = await RedisSentinels.start();
    context.onTestFinished(() => sentinels.stop());
    const stage = await FaultStage.set(context, { url: sentinels.url });
    await stage.startDistributor().says("became head of the pool");
    const { settle } = await loadPool(stage);
    await sentinels.primary.kill("SIGKILL");
    await sentinels.replicaTookOver();
    await settle();
  },
);
