import { expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import * as functions from "./functions.ts";

function expected(level: number, fanOut: number, tag: string): string {
  if (level === 0) return tag;
  const children = Array.from({ length: fanOut }, (_, child) => expected(level - 1, fanOut, `${tag}.${child}`));
  return `${tag}[${children.join(" ")}]`;
}

it("two levels of two children nest as they were asked for", async () => {
  await onLocalGrid(functions, async (grid) => {
    const value = await grid.enqueue(grid.pool, [functions.recbog, 0, "job", 2, 2, "t"]);
    expect(value).toBe("t[t.0[t.0.0 t.0.1] t.1[t.1.0 t.1.1]]");
  });
});

it("five levels of five children come back whole", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.recbog, 0, "job", 5, 5, "t"])).toBe(expected(5, 5, "t"));
  });
});

it("children that sleep give their values all the same", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.recbog, 1, "job", 1, 3, "t"])).toBe("t[t.0 t.1 t.2]");
  });
});
