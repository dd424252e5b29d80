/** The options of `scripts/bench`. */
import { parseArgs } from "node:util";
import { type SystemName, systemNames } from "./system.ts";
import type { Scale } from "./workload.ts";

export interface CommandOptions {
  readonly scale: Scale;
  readonly rounds: number;
  /** Ids of workloads. */
  readonly workloads: readonly string[];
  readonly systems: readonly SystemName[];
  /** The folder for the results. */
  readonly out: string;
}

/** A mistake of the user, with what to do about it. */
export class UsageError extends Error {}

const fullRounds = 5;
const quickRounds = 1;

export function helpText(workloadIds: readonly string[]): string {
  return `scripts/bench [options]: callgrid and others side by side, rounds interleaved

  --quick              every workload once, small and with few of the others, in under a minute: shows that it works
  --workloads W1,W3    only these; there are ${workloadIds.join(", ")}
  --peers a,b          only these, callgrid among them if it is named; there are ${systemNames.join(", ")}
  --rounds N           how often; default ${fullRounds}, with --quick ${quickRounds}
  --out FOLDER         where the results go; default bench/results`;
}

/** Undefined if help is asked for. */
export function readOptions(args: readonly string[], workloadIds: readonly string[]): CommandOptions | undefined {
  const given = parse(args);
  if (given.help) return undefined;
  return {
    scale: given.quick ? "quick" : "full",
    rounds: given.rounds === undefined ? (given.quick ? quickRounds : fullRounds) : readCount("--rounds", given.rounds),
    workloads: readList("--workloads", given.workloads, workloadIds),
    systems: readList("--peers", given.peers, systemNames),
    out: given.out,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean", default: false },
        workloads: { type: "string" },
        peers: { type: "string" },
        rounds: { type: "string" },
        out: { type: "string", default: "bench/results" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1)
    throw new UsageError(`${option} must be a whole number from 1, got ${text}`);
  return count;
}

/** In the order of what there is. */
function readList<Name extends string>(
  option: string,
  text: string | undefined,
  known: readonly Name[],
): readonly Name[] {
  if (text === undefined) return known;
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) throw new UsageError(`${option}: there is no "${unknown}", only ${known.join(", ")}`);
  return known.filter((one) => names.includes(one));
}
