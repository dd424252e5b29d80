import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { logStream, makeLog } from "./log.ts";

function setUp(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const stream = logStream({ stderr, env: { NO_COLOR: "1" } });
  return { stream, log: makeLog("info", stream), written: () => String(stderr.read() ?? "") };
}

it("a log that no person reads is JSON, a line an event", () => {
  const { log, written } = setUp(false);
  log.info({ worker: "pool/a" }, "worker joined");
  log.debug("not told");
  expect(JSON.parse(written())).toMatchObject({ level: 30, worker: "pool/a", msg: "worker joined" });
});

it("a log on a terminal is for people", () => {
  const { log, written } = setUp(true);
  log.info({ worker: "pool/a" }, "worker joined");
  expect(written()).toMatch(/^\[[\d:.]+\] INFO: worker joined \{"worker":"pool\/a"\}\n$/);
});

it("lines of others on a terminal are as they were, also when they come in pieces", () => {
  const { stream, written } = setUp(true);
  stream.write("some");
  stream.write("thing went\nwrong");
  stream.write("\n");
  expect(written()).toBe("something went\nwrong\n");
});
