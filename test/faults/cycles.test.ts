/** Requests that wait for each other across processes. */
import type { ErrorTree, RequestError } from "@callgrid/core";
import { expect, test } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

/** Two seconds are promised; a machine that is busy with other tests is given more. It takes about one. */
const mostMs = shortOrFull(10_000, 2_000);

test("two roots in two processes that wait for each other crosswise fail soon, and show the cycle", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  await stage.startWorkers(2);
  const grid = await stage.connect();
  const request = (side: string) => ["crosswise", notes.path, side] as const;
  const failures = ["left", "right"].map((side) =>
    grid.enqueue("pool", request(side)).then(
      () => expect.fail("it has no value"),
      (error: RequestError) => error,
    ),
  );
  const sides = [...(await notes.has("left")), ...(await notes.has("right"))];
  expect(new Set(sides.map((line) => line.split(" ")[1])).size).toBe(2);
  await notes.has("call", 2);
  const calledAt = performance.now();
  for (const error of await Promise.all(failures)) {
    expect(error.message).toContain("a request waits for itself: ");
    const cycle = deepest(error.tree);
    expect(cycle).toMatchObject({ code: "CYCLIC_REQUEST", details: { cycle: expect.any(Array) } });
    const expected = ["left", "right"].map((side) => JSON.stringify(request(side)));
    expect(new Set(cycle.details?.["cycle"] as string[])).toEqual(new Set(expected));
  }
  expect(performance.now() - calledAt).toBeLessThan(mostMs);
});

function deepest(tree: ErrorTree): ErrorTree {
  const [below] = Object.values(tree.info ?? {});
  return below === undefined ? tree : deepest(below);
}
