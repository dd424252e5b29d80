import picocolors from "picocolors";
import { expect, it } from "vitest";
import { tableText } from "./table.ts";

it("a table has any number of rows", () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [`${row}`]);
  const text = tableText({ heads: ["row"], rows }, { isTerminal: false, colors: picocolors.createColors(false) });
  expect(text.split("\n")).toHaveLength(rows.length + 1);
});
