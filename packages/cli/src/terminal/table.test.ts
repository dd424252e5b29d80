import { expect, it } from "vitest";
import { noColors } from "./colors.ts";
import { tableText } from "./table.ts";

it("a table has any number of rows", () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [`${row}`]);
  const text = tableText({ heads: ["row"], rows }, { isTerminal: false, colors: noColors });
  expect(text.split("\n")).toHaveLength(rows.length + 1);
});

it("cells stay on their line, and steer no terminal", () => {
  const rows = [["a\nb", "\x1b[2J"]];
  const text = tableText({ heads: ["name", "host"], rows }, { isTerminal: false, colors: noColors });
  expect(text).toBe(["name    host", String.raw`a\x0ab  \x1b[2J`].join("\n"));
});
