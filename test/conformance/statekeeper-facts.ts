/** The facts of the statekeeper's contract: they hold on every implementation of it, or do not belong here. */
import { describe } from "vitest";
import { addressedFacts } from "./addressed-facts.ts";
import { bridgingFacts } from "./bridging-facts.ts";
import { capacityFacts } from "./capacity-facts.ts";
import { claimingFacts } from "./claiming-facts.ts";
import { completingFacts } from "./completing-facts.ts";
import { copyingFacts } from "./copying-facts.ts";
import { currencyFacts } from "./currency-facts.ts";
import { drawingFacts } from "./drawing-facts.ts";
import { fullInboxFacts, inboxFacts } from "./inbox-facts.ts";
import { inspectingFacts } from "./inspecting-facts.ts";
import { largeFacts } from "./large-facts.ts";
import { lookingFacts } from "./looking-facts.ts";
import { forgettingFacts, functionTableFacts, membershipFacts } from "./membership-facts.ts";
import type { SetStage } from "./stage.ts";
import { submittingFacts } from "./submitting-facts.ts";
import { headingFacts, retiringFacts, sweeperFacts } from "./sweeping-facts.ts";
import { turnFacts } from "./turn-facts.ts";
import { volunteeringFacts } from "./volunteering-facts.ts";
import { checkingFacts, markingFacts, reconcilingFacts, withdrawingFacts } from "./waiting-facts.ts";

export function statekeeperFacts(setStage: SetStage): void {
  operationFacts(setStage);
  ruleFacts(setStage);
}

/** Those that take a hundred thousand calls to show. */
export function boundFacts(setStage: SetStage): void {
  describe("a full inbox", () => fullInboxFacts(setStage));
}

/** Those in which each operation touches each of its keys. */
export function operationFacts(setStage: SetStage): void {
  describe("submitting", () => submittingFacts(setStage));
  describe("an addressed request", () => addressedFacts(setStage));
  describe("claiming", () => claimingFacts(setStage));
  describe("completing", () => completingFacts(setStage));
  describe("withdrawing", () => withdrawingFacts(setStage));
  describe("checking", () => checkingFacts(setStage));
  describe("marking", () => markingFacts(setStage));
  describe("reconciling", () => reconcilingFacts(setStage));
  describe("members", () => membershipFacts(setStage));
  describe("the function table", () => functionTableFacts(setStage));
  describe("forgetting", () => forgettingFacts(setStage));
  describe("bridging", () => bridgingFacts(setStage));
  describe("looking", () => lookingFacts(setStage));
  describe("capacity", () => capacityFacts(setStage));
  describe("heading", () => headingFacts(setStage));
  describe("the sweeper", () => sweeperFacts(setStage));
  describe("retiring", () => retiringFacts(setStage));
  describe("inboxes", () => inboxFacts(setStage));
  describe("large values", () => largeFacts(setStage));
  describe("inspecting", () => inspectingFacts(setStage));
}

/** Rules of what the same operations choose, and their bounds. */
export function ruleFacts(setStage: SetStage): void {
  describe("drawing", () => drawingFacts(setStage));
  describe("turns", () => turnFacts(setStage));
  describe("volunteering", () => volunteeringFacts(setStage));
  describe("code that took part", () => currencyFacts(setStage));
  describe("copying", () => copyingFacts(setStage));
}
