/** `callgrid doctor`: what is wrong with a Redis and a pool, each thing with its remedy. */
import { isGridError, parsePool } from "@callgrid/core";
import { type Examination, examineRedis, openStatekeeper } from "@callgrid/statekeeper";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { type Finding, poolFindings, redisFindings, refusalFindings } from "../../pools/diagnosis.ts";
import { lookAtPool } from "../../pools/pool-look.ts";
import { type Colors, colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type OutputStream, writeJson, writeLine } from "../../terminal/io.ts";

interface Place {
  readonly url: string;
  readonly grid: string;
  readonly pool: string;
  readonly connectTimeoutMs: number;
}

export const doctorCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: [
    "callgrid doctor",
    "callgrid doctor prices --url rediss://worker:secret@redis.internal:6380",
    "callgrid doctor --json | jq 'select(.status == \"wrong\")'",
  ],
  async run({ operands: [pool = "pool"], options, io }) {
    const findings = await examine({ ...options, pool: parsePool(pool) });
    await print(findings, io.stdout, { json: options.json, colors: colorsOf(io.stdout, io.env) });
    return findings.some(({ status }) => status === "wrong") ? exitCodes.failed : exitCodes.fine;
  },
};

async function examine(place: Place): Promise<Finding[]> {
  let examination: Examination;
  try {
    examination = await examineRedis(place.url, place);
  } catch (error) {
    if (!isGridError(error)) throw error;
    const remedy = "correct --url, or CALLGRID_URL";
    return [{ check: "url", status: "wrong", message: error.message, remedy }];
  }
  if (examination.kind === "refused") return refusalFindings(examination);
  const { facts } = examination;
  const findings = redisFindings(facts);
  const hasSlot = facts.isCluster === facts.isGivenAsCluster && !facts.isSlotMoving;
  const canAsk = !facts.isTooOld && facts.denied.length === 0 && hasSlot;
  return canAsk ? [...findings, ...(await examinePool(place))] : findings;
}

async function examinePool({ url, grid, pool, connectTimeoutMs }: Place): Promise<Finding[]> {
  const statekeeper = await openStatekeeper(url, { grid, connectTimeoutMs });
  try {
    return poolFindings(await lookAtPool(statekeeper, pool));
  } finally {
    await statekeeper.close();
  }
}

async function print(
  findings: readonly Finding[],
  stdout: OutputStream,
  { json, colors }: { readonly json: boolean; readonly colors: Colors },
): Promise<void> {
  const marks = { ok: colors.green("ok     "), warning: colors.yellow("warning"), wrong: colors.red("WRONG  ") };
  for (const finding of findings) {
    const { check, status, message, remedy } = finding;
    if (json) {
      await writeJson(stdout, finding);
      continue;
    }
    await writeLine(stdout, `${marks[status]}  ${check.padEnd(11)}  ${message}`);
    if (remedy !== undefined) await writeLine(stdout, `${" ".repeat(22)}→ ${remedy}`);
  }
}
