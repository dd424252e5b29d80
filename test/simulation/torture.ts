/**
 * Runs seeds of the simulation, as many as are asked for, and stops at the first violation with all that one needs to understand
 * it: `scripts/torture`. Progress and reports go to standard error; standard output stays empty.
 */
import { parseArgs } from "node:util";
import { type FaultKind, faultKinds } from "./fault-plan.ts";
import { type SimulationOptions, simulate } from "./simulation.ts";
import { TortureProgress } from "./torture-progress.ts";

const usage = `Simulates a grid whose processes die, stop and lose messages, on virtual time, and checks that nothing gets lost.

  scripts/torture [--seeds N] [--from S] [--sharing auto|eager|both] [--without KIND,…] [--lines N]
  scripts/torture --seed X [--sharing auto|eager]
  scripts/torture --faults [FILE …]
  scripts/torture --properties [FILE …]

  --seeds N        how many seeds to run, default 10000
  --from S         the first of them, default 1
  --seed X         run this one
  --sharing MODE   how workers share small calls, default both
  --without KINDS  leave out kinds of faults: ${faultKinds.join(", ")}
  --faults         breaks real processes and a real Redis instead: test/faults at full length
  --properties     runs the property tests instead, with a random seed and ten times the runs
  --lines N        how many of the last events to print on a violation, default 400
`;

const exitCodes = { violation: 1, usage: 2 };

interface Assignment {
  readonly seeds: readonly number[];
  readonly sharings: ReadonlyArray<SimulationOptions["sharing"]>;
  readonly faultKinds: ReadonlySet<FaultKind>;
  readonly traceLines: number;
}

process.exitCode = await main();

async function main(): Promise<number> {
  let assignment: Assignment | undefined;
  try {
    assignment = readArguments();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return exitCodes.usage;
  }
  if (assignment === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  return (await runAll(assignment)) ? 0 : exitCodes.violation;
}

function readArguments(): Assignment | undefined {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "10000" },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      sharing: { type: "string", default: "both" },
      without: { type: "string", default: "" },
      lines: { type: "string", default: "400" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const first = wholeNumber("--from", values.seed ?? values.from);
  const count = values.seed === undefined ? wholeNumber("--seeds", values.seeds) : 1;
  const left = new Set(values.without.split(",").filter((kind) => kind !== ""));
  for (const kind of left)
    if (!faultKinds.some((known) => known === kind)) throw new Error(`--without: no kind "${kind}"`);
  return {
    seeds: Array.from({ length: count }, (_, index) => first + index),
    sharings: sharingsOf(values.sharing),
    faultKinds: new Set(faultKinds.filter((kind) => !left.has(kind))),
    traceLines: wholeNumber("--lines", values.lines),
  };
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`${option}: a whole number is due, got "${text}"`);
}

function sharingsOf(text: string): Assignment["sharings"] {
  if (text === "both") return ["auto", "eager"];
  if (text === "auto" || text === "eager") return [text];
  throw new Error(`--sharing: auto, eager or both, got "${text}"`);
}

/** Whether all went well. */
async function runAll({ seeds, sharings, ...options }: Assignment): Promise<boolean> {
  const progress = new TortureProgress(seeds.length * sharings.length);
  for (const seed of seeds) {
    for (const sharing of sharings) {
      const result = await simulate({ ...options, seed, sharing });
      progress.note(result, seed);
      if (result.violation === undefined) continue;
      process.stderr.write(`${result.report()}\n`);
      return false;
    }
  }
  progress.report();
  return true;
}
