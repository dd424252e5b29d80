import { VirtualClock } from "@callgrid/core";
import { expect, it } from "vitest";
import { LogTape } from "../../../../test/harness/log-tape.ts";
import { FailureLog } from "./failure-log.ts";

it("a failure that comes ten times a second is logged once a second, with the number that was left out", async () => {
  const clock = new VirtualClock();
  const tape = new LogTape();
  const failures = new FailureLog(tape.log, clock);
  for (let times = 0; times < 21; times++) {
    failures.log("pool could not be swept", new Error("no connection"));
    await clock.advance(100);
  }
  expect(tape.lines.map(({ msg, reason, leftOut }) => ({ msg, reason, leftOut }))).toEqual([
    { msg: "pool could not be swept, retrying", reason: "no connection", leftOut: 0 },
    { msg: "pool could not be swept, retrying", reason: "no connection", leftOut: 9 },
    { msg: "pool could not be swept, retrying", reason: "no connection", leftOut: 9 },
  ]);
});
