/**
 * The contract of the statekeeper as facts, checked on every implementation. A fact that holds on some of them only is a
 * bug of the others, or does not belong here.
 */
import { describe } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { setMemoryStage, setPortStage, setRedisStage } from "./stage.ts";
import { boundFacts, statekeeperFacts } from "./statekeeper-facts.ts";

describe.each([
  ["in memory", true, setMemoryStage],
  // a port passes on what the one in memory refuses
  ["through a port", shortOrFull(false, true), setPortStage],
  ["on Redis", true, () => setRedisStage()],
] as const)("the statekeeper %s", (_, hasBounds, setStage) => {
  statekeeperFacts(setStage);
  if (hasBounds) boundFacts(setStage);
});
