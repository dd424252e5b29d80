/** Functions that never yield and have a limit. */
import { expect, test } from "vitest";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

test("its request fails with TIMEOUT, its process is replaced, and the others of that worker take no loss", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  // With one attempt, the first loss would fail a request.
  const workers = await stage.startWorkers(1, "--slots", "4", "--max-attempts", "1");
  const grid = await stage.connect();
  const tags = ["a", "b", "c"];
  const others = Promise.all(tags.map((tag) => grid.enqueue("pool", ["rest", notes.path, tag, 1_000])));
  for (const tag of tags) await notes.has(tag);
  await expect(grid.enqueue("pool", ["limitedHog", notes.path])).rejects.toMatchObject({ code: "TIMEOUT" });
  expect(await others).toEqual(tags);
  await workers.says("starting another");
  const hogs = await notes.has("limitedHog");
  expect(hogs).toHaveLength(1);
  expect(hogs).not.toContain(`limitedHog ${(await stage.workerProcesses())[0]}`);
});
