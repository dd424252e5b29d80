/** Runs seeds of the simulation, as many as are asked for: `scripts/torture`. */
import { parseArgs } from "node:util";
import { type FaultKind, faultKinds } from "./fault-plan.ts";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    sharing: { type: "string", default: "auto" },
    lines: { type: "string", default: "400" },
    faults: { type: "string", default: faultKinds.join(",") },
  },
});

const sharing = values.sharing === "eager" ? "eager" : "auto";
const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const startedAt = performance.now();
let operations = 0;
let virtualMs = 0;
let done = 0;
for (let seed = from; seed < from + count; seed += 1) {
  const result = await simulate({
    seed,
    sharing,
    traceLines: Number(values.lines),
    faultKinds: new Set(values.faults.split(",") as FaultKind[]),
  });
  operations += result.operations;
  virtualMs += result.virtualMs;
  done += 1;
  if (result.violation !== undefined) {
    console.error(result.report());
    process.exitCode = 1;
    break;
  }
}
const seconds = (performance.now() - startedAt) / 1_000;
console.error(
  `${done} seeds in ${seconds.toFixed(1)} s, ${(done / seconds).toFixed(0)}/s, ` +
    `${(operations / done).toFixed(0)} operations, ${(virtualMs / done).toFixed(0)} virtual ms each`,
);
