/**
 * The statekeeper's contract on a Redis Cluster, over whose masters the pools of these facts are spread. A Cluster refuses what has keys on several
 * masters. So every run has the facts that touch all keys; `scripts/torture --faults` has the others, which the same scripts decide everywhere.
 */
import { afterAll, beforeAll, describe } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { RedisCluster } from "../harness/redis-cluster.ts";
import { setRedisStage } from "./stage.ts";
import { boundFacts, operationFacts, ruleFacts } from "./statekeeper-facts.ts";

let cluster: RedisCluster | undefined;

beforeAll(async () => {
  cluster = await RedisCluster.start();
});

afterAll(() => cluster?.stop());

const setStage = () => setRedisStage(cluster?.url);
describe("the statekeeper on a Redis Cluster", () => operationFacts(setStage));
describe.runIf(shortOrFull(false, true))("the rules of the statekeeper on a Redis Cluster", () => {
  ruleFacts(setStage);
  boundFacts(setStage);
});
