/** Functions that never yield, and what was claimed with them. */
import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

test("short requests claimed with one that never yields are evaluated by an idle worker", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  await stage.startWorkers(2);
  const grid = await stage.connect();
  const short = (count: number): Array<[string, string, number]> =>
    Array.from({ length: count }, (_, call) => ["hogUntil", "", call]);
  // so that a claim takes many
  await grid.enqueueAll("pool", short(300));
  const end = `${notes.path}.end`;
  const [before, long, after] = [short(40), ["hogUntil", end, -1] as const, short(40)];
  let isLongDone = false;
  const outcomes = [...before, long, ...after].map((request) => grid.enqueue("pool", request));
  const longOutcome = outcomes[before.length]?.finally(() => {
    isLongDone = true;
  });
  await Promise.all(outcomes.filter((_, index) => index !== before.length));
  expect(isLongDone).toBe(false);
  await writeFile(end, "");
  expect(await longOutcome).toBe(-1);
  // it was begun once, and what its worker had in hand is forgotten there
  expect(await grid.enqueueAll("pool", short(100))).toHaveLength(100);
});
