import { VirtualClock } from "@callgrid/core";
import { expect, it } from "vitest";
import { LogTape } from "../../../../test/harness/log-tape.ts";
import { FailureLog } from "./failure-log.ts";

it("a failure that comes ten times a second is told of once a second, with how many went untold", async () => {
  const clock = new VirtualClock();
  const tape = new LogTape();
  const failures = new FailureLog(tape.log, clock);
  for (let times = 0; times < 21; times++) {
    failures.tell("could not sweep the pool", new Error("no connection"));
    await clock.advance(100);
  }
  expect(tape.lines.map(({ msg, reason, untold }) => ({ msg, reason, untold }))).toEqual([
    { msg: "could not sweep the pool, trying on", reason: "no connection", untold: 0 },
    { msg: "could not sweep the pool, trying on", reason: "no connection", untold: 9 },
    { msg: "could not sweep the pool, trying on", reason: "no connection", untold: 9 },
  ]);
});
