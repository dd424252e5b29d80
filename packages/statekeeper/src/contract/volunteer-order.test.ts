import { expect, it } from "vitest";
import { orderVolunteers, type Preference, usualPreferences } from "./volunteer-order.ts";

/** In the order in which they have been idle. */
const volunteers = [
  { worker: "longest", score: 1, recent: undefined },
  { worker: "at home", score: 1, recent: "work" },
  { worker: "fast", score: 3, recent: "other" },
  { worker: "fast at home", score: 3, recent: "work" },
  { worker: "bridge", score: 9, recent: "work", carry: "next" as const },
];

it.each<[string, readonly Preference[], string | undefined, string[]]>([
  [
    "usually the fast ones go first, among equals who evaluated the function last",
    usualPreferences,
    "work",
    ["fast at home", "fast", "at home", "longest", "bridge"],
  ],
  [
    "where the function is not known, or no worker evaluated it last, idleness decides among equals",
    usualPreferences,
    undefined,
    ["fast", "fast at home", "longest", "at home", "bridge"],
  ],
  ["idleness alone", ["idle"], "work", ["longest", "at home", "fast", "fast at home", "bridge"]],
  ["no preference is idleness", [], "work", ["longest", "at home", "fast", "fast at home", "bridge"]],
  [
    "what was evaluated last before anything",
    ["recent", "score"],
    "work",
    ["fast at home", "at home", "fast", "longest", "bridge"],
  ],
  [
    "the text after idleness does not count",
    ["idle", "score"],
    "work",
    ["longest", "at home", "fast", "fast at home", "bridge"],
  ],
])("%s", (_, preferences, functionName, order) => {
  expect(orderVolunteers(volunteers, preferences, functionName).map(({ worker }) => worker)).toEqual(order);
});
