import { expect, it } from "vitest";
import { aheadOf, type CrossingPlan, type CrossingSight, planHoisting, planTaking } from "./carry-plan.ts";

const quiet = { queued: 0, wanted: 0, wantedAhead: 0, claimed: 0 };
const sight: CrossingSight = {
  from: quiet,
  to: quiet,
  unstarted: 0,
  passedOver: 0,
  aheadOfStarted: 0,
  waits: "no",
  isFast: false,
  isStuck: false,
  isStarving: false,
};

type Given = Partial<Omit<CrossingSight, "from" | "to">> & {
  readonly from?: Partial<CrossingSight["from"]>;
  readonly to?: Partial<CrossingSight["to"]>;
};

function sightOf({ from, to, ...given }: Given): CrossingSight {
  return { ...sight, ...given, from: { ...quiet, ...from }, to: { ...quiet, ...to } };
}

/** How much is taken back, carried, and volunteered for. */
function shown({ recall, carry }: CrossingPlan): string {
  return `${recall} back, ${carry === undefined ? "nothing" : `${carry.max} ${carry.from} ${carry.volunteerFor}`}`;
}

it.each<[string, Given, string]>([
  ["with nothing to do nothing is taken", {}, "0 back, nothing"],
  ["members that idle are given as much as they ask for", { to: { wanted: 3 } }, "0 back, 3 next 3"],
  ["what is on its way to them counts", { to: { wanted: 3 }, unstarted: 2 }, "0 back, 1 next 1"],
  ["but not what they have passed over", { to: { wanted: 3 }, unstarted: 2, passedOver: 2 }, "0 back, 3 next 3"],
  ["what waits while members idle is nothing for them", { to: { wanted: 1, queued: 9 } }, "0 back, 1 next 1"],
  ["busy members have something ahead", { aheadOfStarted: 2 }, "0 back, 2 ahead 2"],
  ["and no more while half of it is left", { aheadOfStarted: 2, unstarted: 1 }, "0 back, nothing"],
  ["members of pools below that are busy count too", { to: { wantedAhead: 3 } }, "0 back, 3 ahead 3"],
  ["a pool with work of its own takes nothing ahead", { to: { queued: 1 }, aheadOfStarted: 2 }, "0 back, nothing"],
  ["nothing is taken ahead while others idle", { from: { wanted: 1 }, aheadOfStarted: 2 }, "0 back, nothing"],
  ["others that idle get half of what is not started", { from: { wanted: 1 }, unstarted: 5 }, "3 back, nothing"],
  ["or as much as they ask for", { from: { wanted: 9 }, unstarted: 5 }, "5 back, nothing"],
])("down: %s", (_, given, expected) => {
  expect(shown(planTaking(sightOf(given)))).toBe(expected);
});

it.each<[string, Given, string]>([
  ["with nothing to do nothing is hoisted", {}, "0 back, nothing"],
  ["members that idle above are given as much as they ask for", { to: { wanted: 3 } }, "0 back, 3 last 3"],
  ["those that are busy there have something ahead", { aheadOfStarted: 7, unstarted: 2 }, "0 back, 5 half 0"],
  ["or as much as they ask for", { aheadOfStarted: 1, to: { wantedAhead: 4 } }, "0 back, 4 half 0"],
  ["what has just come stays here", { from: { queued: 9 } }, "0 back, nothing"],
  ["a few of what has waited for a round are shown", { from: { queued: 9 }, waits: "round" }, "0 back, 4 shown 0"],
  ["half of what waits stays for busy members", { from: { queued: 3 }, waits: "round" }, "0 back, 1 shown 0"],
  ["but not for members that idle meanwhile", { from: { queued: 3, wanted: 1 }, waits: "round" }, "0 back, 3 shown 0"],
  ["and not when it has waited for long", { from: { queued: 3 }, waits: "long" }, "0 back, 3 shown 0"],
  ["nothing goes ahead of what others have put there", { aheadOfStarted: 7, to: { queued: 5 } }, "0 back, nothing"],
  ["members that idle here take half back", { from: { wanted: 1 }, unstarted: 8 }, "4 back, nothing"],
  ["all comes back that is not started while nothing waits here", { unstarted: 8, isStuck: true }, "8 back, nothing"],
  ["but not while something does", { from: { queued: 1 }, unstarted: 8, isStuck: true }, "0 back, nothing"],
  [
    "what starves there comes back while something waits here too",
    { from: { queued: 9 }, to: { queued: 9 }, unstarted: 8, isStarving: true },
    "8 back, nothing",
  ],
  ["but not where it is next", { to: { queued: 8 }, unstarted: 8, isStarving: true }, "0 back, nothing"],
  ["a fast pool keeps what has just come", { isFast: true, to: { wanted: 3 } }, "0 back, nothing"],
  ["and half of what has waited", { isFast: true, to: { wanted: 3 }, waits: "round" }, "0 back, 3 half 0"],
])("up: %s", (_, given, expected) => {
  expect(shown(planHoisting(sightOf(given)))).toBe(expected);
});

it("of short requests, and of those that no worker has measured, one is ahead of each that is under way, of long ones fewer", () => {
  expect([undefined, 0, 1_000, 30_000, 60_000, 300_000].map(aheadOf)).toEqual([1, 1, 1, 1, 0.5, 0.1]);
});
