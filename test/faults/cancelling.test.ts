/** Callers that leave: requests without waiting callers end in every process. */
import { expect, test } from "vitest";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

/** A request that calls itself twice more, one below the other, and ends only when it is aborted. */
const levels = 3;

test.concurrent("an AbortSignal of a client aborts what runs, down the tree and across processes", async (context) => {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  await stage.startWorkers(2);
  // one that is not idle yet would leave the whole tree to the other
  await stage.until(({ members }) => members.filter(({ isVolunteer }) => isVolunteer).length === 2);
  const abort = new AbortController();
  const value = (await stage.connect()).enqueue("pool", ["endure", notes.path, levels - 1], { signal: abort.signal });
  const began = await notes.has("began", levels);
  expect(new Set(began.map((line) => line.split(" ").at(-1))).size).toBe(2);
  abort.abort();
  await expect(value).rejects.toMatchObject({ code: "CANCELLED" });
  await notes.has("aborted", levels);
  await stage.until(({ queued, members }) => queued === 0 && members.every(({ running }) => running === 0));
});

test.concurrent("what a client that was killed had queued vanishes, and what ran for it is aborted", async (context) => {
  const stage = await FaultStage.set(context, {
    env: { CALLGRID_CLIENT_LEASE_MS: "1s", CALLGRID_CHECK_EVERY_MS: "300ms" },
  });
  const notes = await NoteFile.make(context);
  await stage.startWorkers(1);
  const requests = Array.from({ length: 5 }, (_, i) => JSON.stringify(["hold", notes.path, `r${i}`]));
  const client = stage.start("enqueue", "pool", ...requests);
  await notes.has("began");
  await stage.until(({ members, queued }) => members.some(({ running }) => running === 1) && queued === 4);
  client.kill("SIGKILL");
  await notes.has("aborted");
  await stage.until(
    ({ queued, clients, members }) => queued + clients === 0 && members.every(({ running }) => running === 0),
  );
  expect((await notes.lines()).filter((line) => line.startsWith("began"))).toHaveLength(1);
});
