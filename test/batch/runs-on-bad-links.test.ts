/** The connections of submitted runs, which BullMQ makes, on links that stall or are away. */
import { randomUUID } from "node:crypto";
import { runnerOptions } from "@callgrid/batch";
import { Runner, RunQueue } from "@callgrid/batch/runs";
import { connect } from "@callgrid/client";
import { resolveOptions } from "@callgrid/core";
import { describe, expect, inject, type TestContext, test } from "vitest";
import { linkToRedis } from "../../packages/cli/src/torture/redis-link.ts";
import { until } from "../harness/until.ts";

const spec = { pool: "pool", data: { range: [0, 1] as const }, process: "f", reduce: "f" } as const;

async function openPlace({ onTestFinished }: Pick<TestContext, "onTestFinished">) {
  const { proxy, url } = await linkToRedis(inject("redisUrl"));
  onTestFinished(() => proxy.stop());
  const place = { url, grid: randomUUID() };
  const queue = new RunQueue(place);
  onTestFinished(() => queue.close());
  return { proxy, place, queue };
}

describe.concurrent("the connections of runs", () => {
  test.for([0, 1, 2])("that stall after %i replies of a new link are replaced", async (replies, context) => {
    const { proxy, queue } = await openPlace(context);
    const id = await queue.submit(spec);
    proxy.stall(replies);
    const showing = queue.show(id);
    await until(() => proxy.links === 1);
    proxy.recover();
    expect((await showing).state).toBe("waiting");
  });

  test("that stall are replaced where a runner waits for runs, too", async (context) => {
    const { proxy, place, queue } = await openPlace(context);
    const client = await connect(inject("redisUrl"), { grid: place.grid });
    const options = resolveOptions(runnerOptions, {}, "runner");
    const runner = new Runner({ ...place, client, options, onError: () => undefined });
    context.onTestFinished(async () => {
      await runner.stop();
      await client.close();
    });
    await runner.start();
    const id = await queue.submit({ ...spec, delayMs: 3_000 });
    // the queue's, and of the runner its queue's, its worker's, and the one that waits for runs
    const links = 4;
    await until(() => proxy.links === links);
    proxy.stall(0);
    await until(() => proxy.links === links);
    proxy.recover();
    await until(async () => (await queue.logs(id)).includes("waits for workers of pool pool"));
  });

  test("can be closed while Redis is away", async (context) => {
    const { proxy, queue } = await openPlace(context);
    await queue.list();
    proxy.cut();
    await until(() => proxy.links === 0);
    void queue.list().catch(() => undefined);
    await queue.close();
  });
});
