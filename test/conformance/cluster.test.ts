/** The statekeeper's contract on a Redis Cluster, over whose masters the pools of these facts are spread. */
import { afterAll, beforeAll, describe } from "vitest";
import { RedisCluster } from "../harness/redis-cluster.ts";
import { setRedisStage } from "./stage.ts";
import { statekeeperFacts } from "./statekeeper-facts.ts";

let cluster: RedisCluster | undefined;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});

afterAll(() => cluster?.stop());

describe("the statekeeper on a Redis Cluster", () => statekeeperFacts(() => setRedisStage(cluster?.url)));
