/**
 * The contract of the statekeeper as facts, checked on every implementation. A fact that holds on some of them only is a
 * bug of the others, or does not belong here.
 */
import { describe } from "vitest";
import { setMemoryStage, setPortStage, setRedisStage } from "./stage.ts";
import { statekeeperFacts } from "./statekeeper-facts.ts";

describe.each([
  ["in memory", setMemoryStage],
  ["through a port", setPortStage],
  ["on Redis", () => setRedisStage()],
])("the statekeeper %s", (_, setStage) => statekeeperFacts(setStage));
