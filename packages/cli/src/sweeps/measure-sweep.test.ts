import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { measureSweep } from "./measure-sweep.ts";
import type { SweepCall } from "./sweep-action.ts";

test("a name that machines.json cannot have is refused before anything is measured", async () => {
  const io = { stderr: new PassThrough(), stdout: new PassThrough(), env: {}, onSignal: () => () => undefined };
  const call = { io, options: { machine: "my laptop", folder: "/nowhere" }, operands: [] };
  await expect(measureSweep(call as unknown as SweepCall)).rejects.toThrow(
    '--machine "my laptop" names no machine: a name has up to 64 letters, digits and . _ -',
  );
});
