import { spawn } from "node:child_process";
import { PassThrough } from "node:stream";
import { coreFolder, systemClock } from "@callgrid/core";
import { expect, it } from "vitest";
import { endOf } from "./process-end.ts";

it("keeps what a process said last, without the grid's own frames", async () => {
  const said = [
    "Error: late throw",
    "    at late (/srv/f.mjs:2:70)",
    `    at invoke (${coreFolder}/run.js:1:2)`,
    "    at node:internal/timers:581:17",
    "Node.js",
  ];
  const child = spawn(process.execPath, ["-e", `console.error(${JSON.stringify(said.join("\n"))}); process.exit(3)`]);
  const end = await endOf(child, new PassThrough(), systemClock);
  const [message, frame] = said;
  expect(end).toEqual({ exitCode: 3, signal: null, stderr: [message, frame, "Node.js"] });
});
