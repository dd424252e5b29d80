/** The pictures of docs/pictures show what their texts and the command say now. After a change: `npm run pictures` or `screenshots` in docs/site. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { BatchProgress } from "@callgrid/batch";
import { expect, it } from "vitest";
import { progressText } from "../../packages/cli/src/batches/batch-progress.ts";
import { blocksIn, pageText, root } from "./markdown.ts";
import { shapeOf } from "./page-program.ts";

const folder = "docs/pictures";
const drawn = readdirSync(join(root, folder)).filter((name) => name.endsWith(".d2"));

it.each(drawn)("the picture of %s is made from its present text", (name) => {
  const digest = createHash("sha256")
    .update(pageText(join(folder, name)))
    .digest("hex");
  expect(pageText(join(folder, name.replace(".d2", ".svg")))).toContain(`made from ${name}, sha256 ${digest}`);
});

it("the picture of a plan shows the command of README, in the words that it prints", () => {
  const [command = "", ...output] = rowsOf("plan.svg");
  const readme = pageText("README.md");
  expect(readme).toContain(`${command.replace("$ ", "")}\n`);
  expect(shapeOf(output.join("\n"))).toEqual(
    shapeOf((blocksIn(readme, "text").find((text) => text.includes("nodes")) ?? "").trimEnd()),
  );
});

it("the picture of a batch shows its progress in the words of the command", () => {
  const [, progress = ""] = rowsOf("batch.svg");
  expect(wordsOf(progress)).toEqual(wordsOf(progressText(sample)));
});

const sample: BatchProgress = {
  state: "running",
  mode: "local",
  unit: "slice",
  doneUnits: 1,
  totalUnits: 2,
  doneSlices: 1,
  failedSlices: 0,
  cachedSlices: 0,
  chunks: 1,
  elapsedMs: 5_000,
  unitsPerSecond: 1,
  leftMs: 5_000,
  inFlight: {},
  slices: [],
};

/** The rows of text that a picture shows. */
function rowsOf(name: string): string[] {
  const texts = pageText(join(folder, name)).matchAll(/<text[^>]*>(.*)<\/text>/g);
  return [...texts].map(([, text = ""]) => text.replaceAll("&lt;", "<").replaceAll("&amp;", "&"));
}

/** The words of a row of progress, without figures, units of time, the bar, and the workers that are named last. */
function wordsOf(row: string): string[] {
  return row.replace(/;.*/, "").match(/[a-z]{4,}/g) ?? [];
}
