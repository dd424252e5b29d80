/**
 * W5: the sum of all digits of a file, in a thousand pieces, compared with a plain loop over the file. The pieces are the same for
 * all; `callgrid` asks for the whole file, and its function for the pieces.
 */
import { plainDigitSum } from "../digit-sums.ts";
import type { Measurement } from "../measurement.ts";
import { countText } from "../report/figure-text.ts";
import type { Stage } from "../run/stage.ts";
import type { Task } from "../system.ts";
import {
  auto,
  beeQueueMany,
  bullMqMany,
  type Case,
  type Group,
  piscinaMany,
  strict,
  type Workload,
} from "../workload.ts";

const pieces = 1_000;
const measuredSeed = 20_231;
/** A seed for each file that all systems get warm with, in as many pieces as what is measured. */
const warmUpSeeds = Array.from({ length: 10 }, (_, run) => 20_232 + run);
const warmUpDigits = 3_000_000;

const plain: Case = { name: "plain loop", system: "plain", workers: 0, settings: {} };
const piecewise: Case = { ...strict, name: "callgrid, pieces from the client" };
const wholeFile: Case = { ...auto, name: "callgrid, the whole file" };

function withOneWorker(one: Case): Case {
  return { ...one, name: `${one.name}, 1 worker`, workers: 1, isReference: false };
}

const allOurs = [wholeFile, withOneWorker(wholeFile), piecewise, withOneWorker(piecewise)];
const others = [
  piscinaMany,
  { ...beeQueueMany, settings: { concurrency: 16 } },
  { ...bullMqMany, settings: { concurrency: 16 } },
];
const allCases = [...allOurs, plain, ...others];

function group(key: string, size: number, cases: readonly Case[]): Group {
  const title = `${countText(size)} digits in ${countText(pieces)} pieces`;
  return { key, title, size, metrics: ["seconds"], cases };
}

export const digits: Workload = {
  id: "W5",
  title: "the digit sum of a file",
  groups: (scale) => {
    if (scale === "quick") return [group("small", 30_000_000, [wholeFile, plain])];
    return [group("small", 30_000_000, allCases), group("large", 1_000_000_000, allCases)];
  },
  async run(stage) {
    const { size } = stage.group;
    for (const seed of warmUpSeeds) await measureFile(stage, { digits: warmUpDigits, seed });
    return measureFile(stage, { digits: size, seed: measuredSeed });
  },
};

/** A plain loop before has the file in the system's cache, for all systems alike. */
async function measureFile(
  stage: Stage,
  file: { readonly digits: number; readonly seed: number },
): Promise<Measurement> {
  // not before it is needed: it loads callgrid
  const { digitFile } = await import("../../examples/digits/digit-file.ts");
  const path = digitFile(file);
  const expected = plainDigitSum(path);
  const tasks = tasksFor(stage.case, path, file.digits);
  let sum = 0;
  const measurement = await stage.measure(tasks.length, async () => {
    const sums = (await stage.system.run(tasks)) as readonly number[];
    sum = sums.reduce((total, one) => total + one, 0);
  });
  if (sum !== expected) throw new Error(`the sum came back as ${sum}, and is ${expected}`);
  return { ...measurement, requests: pieces };
}

function tasksFor({ system, settings }: Case, path: string, fileBytes: number): Task[] {
  if (system === "plain") return [["plainDigitSum", path]];
  const pieceBytes = fileBytes / pieces;
  if (settings.sharing === "auto") return [["digitSumOfFile", path, fileBytes, pieceBytes]];
  return Array.from({ length: pieces }, (_, piece) => ["digitSum", path, piece * pieceBytes, pieceBytes]);
}
