import { expect, it } from "vitest";
import type { ResultRow } from "./results.ts";
import { sampleRow } from "./sample-results.ts";
import { settingsText } from "./settings-text.ts";

const row = sampleRow("row", "bullmq", "perSecond", [1]);

it.each<{ given: Partial<ResultRow>; text: string }>([
  { given: {}, text: "2 workers" },
  { given: { workers: 1, settings: { sharing: "eager", window: 5 } }, text: "1 worker, sharing eager, window 5" },
  { given: { settings: { concurrency: 9, nesting: "steps" } }, text: "2 workers, concurrency 9, nested by steps" },
  { given: { settings: { batch: 100 }, repeats: 20 }, text: "2 workers, 100 at a time, mean of 20" },
  { given: { system: "plain", workers: 0 }, text: "" },
])("$text", ({ given, text }) => {
  expect(settingsText({ ...row, ...given })).toBe(text);
});
