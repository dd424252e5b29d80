/** All facts of the statekeeper's contract: they hold on every implementation of it, or do not belong here. */
import { describe } from "vitest";
import { addressedFacts } from "./addressed-facts.ts";
import { bridgingFacts } from "./bridging-facts.ts";
import { capacityFacts } from "./capacity-facts.ts";
import { claimingFacts } from "./claiming-facts.ts";
import { completingFacts } from "./completing-facts.ts";
import { copyingFacts } from "./copying-facts.ts";
import { drawingFacts } from "./drawing-facts.ts";
import { inboxFacts } from "./inbox-facts.ts";
import { inspectingFacts } from "./inspecting-facts.ts";
import { largeFacts } from "./large-facts.ts";
import { forgettingFacts, functionTableFacts, membershipFacts } from "./membership-facts.ts";
import type { SetStage } from "./stage.ts";
import { submittingFacts } from "./submitting-facts.ts";
import { headingFacts, retiringFacts } from "./sweeping-facts.ts";
import { turnFacts } from "./turn-facts.ts";
import { volunteeringFacts } from "./volunteering-facts.ts";
import { checkingFacts, markingFacts, reconcilingFacts, withdrawingFacts } from "./waiting-facts.ts";

export function statekeeperFacts(setStage: SetStage): void {
  describe("submitting", () => submittingFacts(setStage));
  describe("an addressed request", () => addressedFacts(setStage));
  describe("claiming", () => claimingFacts(setStage));
  describe("drawing", () => drawingFacts(setStage));
  describe("turns", () => turnFacts(setStage));
  describe("volunteering", () => volunteeringFacts(setStage));
  describe("completing", () => completingFacts(setStage));
  describe("withdrawing", () => withdrawingFacts(setStage));
  describe("checking", () => checkingFacts(setStage));
  describe("marking", () => markingFacts(setStage));
  describe("reconciling", () => reconcilingFacts(setStage));
  describe("members", () => membershipFacts(setStage));
  describe("the function table", () => functionTableFacts(setStage));
  describe("forgetting", () => forgettingFacts(setStage));
  describe("copying", () => copyingFacts(setStage));
  describe("bridging", () => bridgingFacts(setStage));
  describe("capacity", () => capacityFacts(setStage));
  describe("heading", () => headingFacts(setStage));
  describe("retiring", () => retiringFacts(setStage));
  describe("inboxes", () => inboxFacts(setStage));
  describe("large values", () => largeFacts(setStage));
  describe("inspecting", () => inspectingFacts(setStage));
}
