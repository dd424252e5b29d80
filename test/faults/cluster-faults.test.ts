/** A Redis Cluster whose slots move and whose masters die: workers and clients follow their pool, and nothing is lost. */
import { describe, expect, type TestContext, test } from "vitest";
import { lasting, shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { loadPool } from "../harness/pool-load.ts";
import { RedisCluster } from "../harness/redis-cluster.ts";
import { until } from "../harness/until.ts";

const slots = 16_384;

/** A stage on a cluster of its own, with a distributor, and the slot of its pool. */
async function setCluster(context: TestContext): Promise<{ cluster: RedisCluster; stage: FaultStage; slot: number }> {
  const cluster = await RedisCluster.start({ withReplicas: true });
  context.onTestFinished(() => cluster.stop());
  const stage = await FaultStage.set(context, { url: cluster.url });
  await stage.startDistributor().says("became head of the pool");
  return { cluster, stage, slot: await cluster.slotOf(`callgrid:{${stage.grid}:pool}:`) };
}

async function untilMoreIsDone(stage: FaultStage): Promise<void> {
  const { counters } = await stage.keeper.inspect();
  const before = counters["completed"] ?? 0;
  await stage.until(({ counters: now }) => (now["completed"] ?? 0) > before + 100);
}

test("the master of the pool's slot is killed, and a replica that is behind takes over", async (context) => {
  const { cluster, stage, slot } = await setCluster(context);
  const { settle } = await loadPool(stage);
  for (let kills = shortOrFull(1, 3); kills > 0; kills -= 1) {
    const master = await cluster.masterOf(slot);
    // what is done from here on is lost with the master
    const mend = await cluster.cutReplication(slot);
    await untilMoreIsDone(stage);
    await master.server.kill("SIGKILL");
    expect(await cluster.masterOf(slot)).not.toBe(master);
    await mend();
    await untilMoreIsDone(stage);
    if (kills === 1) break;
    // it comes back as the replica of the one that took its place, which is the next to die
    await master.server.restart();
    await cluster.settled();
  }
  await settle();
});

describe.runIf(shortOrFull(false, true))("in full", () => {
  test("the pool's slot moves to another master and back, key by key, while the pool is at work", async (context) => {
    const { cluster, stage, slot } = await setCluster(context);
    const { settle } = await loadPool(stage);
    const home = await cluster.masterOf(slot);
    const away = await cluster.masterOf((slot + slots / 2) % slots);
    for (const to of [away, home, away]) {
      let moved = 0;
      await cluster.moveSlot(slot, to, async (keys) => {
        moved += keys;
        // beyond the leases of workers
        if (moved < 100) await lasting(500);
      });
      expect(moved).toBeGreaterThan(50);
      await untilMoreIsDone(stage);
    }
    await settle();
  });

  test("the replica is ordered to take over, with nothing dead, and the other one back", async (context) => {
    const { cluster, stage, slot } = await setCluster(context);
    const { settle } = await loadPool(stage);
    for (let times = 0; times < 4; times += 1) {
      const before = await cluster.masterOf(slot);
      await cluster.handOver(slot);
      expect(await cluster.masterOf(slot)).not.toBe(before);
      await untilMoreIsDone(stage);
    }
    await settle();
  });

  test("the master of the pool's slot stands still, its replica takes over, and it goes on", async (context) => {
    const { cluster, stage, slot } = await setCluster(context);
    const { settle } = await loadPool(stage);
    const master = await cluster.masterOf(slot);
    await master.server.kill("SIGSTOP");
    await lasting(15_000);
    await master.server.kill("SIGCONT");
    await cluster.settled();
    expect(await cluster.masterOf(slot)).not.toBe(master);
    await settle();
  });

  test("the other masters stand still, so that the one of the pool's slot refuses", async (context) => {
    const { cluster, stage, slot } = await setCluster(context);
    const { settle } = await loadPool(stage);
    const master = await cluster.masterOf(slot);
    const others = cluster.nodes.filter((node) => node !== master);
    for (const { server } of others) await server.kill("SIGSTOP");
    await until(() => master.says(/cluster_state:fail/));
    await lasting(5_000);
    for (const { server } of others) await server.kill("SIGCONT");
    await cluster.settled();
    await settle();
  });
});
