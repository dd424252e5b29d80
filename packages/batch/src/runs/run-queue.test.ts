/** What the queue of runs reports of them while they change. */
import { randomUUID } from "node:crypto";
import { UnrecoverableError, Worker } from "bullmq";
import { expect, inject, it, onTestFinished } from "vitest";
import { runConnection, runQueueName } from "./run-place.ts";
import { RunQueue } from "./run-queue.ts";

it("a run that is shown as failed says why, although it fails while it is looked at", async () => {
  const place = { url: inject("redisUrl"), grid: randomUUID() };
  const runs = new RunQueue(place);
  const worker = new Worker(
    runQueueName(place.grid),
    () => {
      throw new UnrecoverableError("for a reason");
    },
    { ...runConnection(place), skipVersionCheck: true },
  );
  onTestFinished(async () => {
    await worker.close();
    await runs.close();
  });
  const reasons: (string | undefined)[] = [];
  while (reasons.length < 100) {
    const id = await runs.submit({ pool: "pool", data: { range: [0, 1] }, process: "never", reduce: "never" });
    for (let run = await runs.show(id); ; run = await runs.show(id)) {
      if (run.state !== "failed") continue;
      reasons.push(run.reason);
      break;
    }
  }
  expect(new Set(reasons)).toEqual(new Set(["for a reason"]));
});
