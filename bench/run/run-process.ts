/**
 * One run: a fresh Redis, fresh workers, and the client, which is this process. It gets its order by message, answers with
 * the measurement, and ends. Whatever it started is of its process group, which the launcher ends with it.
 *
 * This is the main file of a process and does its work on being loaded; nothing imports it.
 */
import { RedisServer } from "../../test/harness/redis-server.ts";
import type { Measurement, RunOutcome } from "../measurement.ts";
import type { RedisAddress } from "../system.ts";
import { needsRedis, openSystem } from "../systems/open-system.ts";
import type { Case, Group, Workload } from "../workload.ts";
import { workloads } from "../workloads/all.ts";
import { RedisGauge } from "./redis-gauge.ts";
import type { RunOrder } from "./run-order.ts";
import { Stage } from "./stage.ts";

const host = "127.0.0.1";
const noAddress: RedisAddress = { host, port: 0 };

interface Run {
  readonly workload: Workload;
  readonly group: Group;
  readonly case: Case;
}

function find(order: RunOrder): Run {
  const workload = workloads.find(({ id }) => id === order.workload);
  const group = workload?.groups(order.scale).find(({ key }) => key === order.group);
  const found = group?.cases.find(({ name }) => name === order.case);
  if (workload === undefined || group === undefined || found === undefined)
    throw new Error(`there is no such run: ${JSON.stringify(order)}`);
  return { workload, group, case: found };
}

async function measure(order: RunOrder): Promise<Measurement> {
  const run = find(order);
  const port = needsRedis(run.case.system) ? await RedisServer.freePort() : 0;
  const server = port === 0 ? undefined : await RedisServer.start({ port });
  const address = server === undefined ? noAddress : { host, port };
  const redis = server === undefined ? undefined : new RedisGauge(address);
  const system = await openSystem(run.case.system);
  try {
    await system.start({ redis: address, workers: run.case.workers, settings: run.case.settings });
    return await run.workload.run(
      new Stage({ system, redis, group: run.group, case: run.case, loopsPerMs: order.loopsPerMs }),
    );
  } finally {
    await system.stop();
    redis?.stop();
    await server?.stop();
  }
}

function answer(outcome: RunOutcome): void {
  process.send?.(outcome, () => process.exit(0));
}

process.once("message", (order) => {
  measure(order as RunOrder).then(
    (measurement) => answer({ kind: "measured", measurement }),
    (error) => answer({ kind: "failed", reason: error instanceof Error ? error.message : String(error) }),
  );
});
