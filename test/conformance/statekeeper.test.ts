/**
 * The contract of the statekeeper as facts, told on both implementations. A fact that holds on one of them only is a bug of
 * the other, or does not belong here.
 */
import { describe } from "vitest";
import { claimingFacts } from "./claiming-facts.ts";
import { setMemoryStage, setRedisStage } from "./stage.ts";
import { submittingFacts } from "./submitting-facts.ts";
import { volunteeringFacts } from "./volunteering-facts.ts";

describe.each([
  ["in memory", setMemoryStage],
  ["on Redis", setRedisStage],
])("the statekeeper %s", (_, setStage) => {
  describe("submitting", () => submittingFacts(setStage));
  describe("claiming", () => claimingFacts(setStage));
  describe("volunteering", () => volunteeringFacts(setStage));
});
