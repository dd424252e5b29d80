/** `callgrid expect`: announces work that will come, so that its workers are there in time. */
import { connect } from "@callgrid/client";
import { declareOptions, invalidOption, option } from "@callgrid/core";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { nextMoment } from "../../command-line/moment.ts";
import { parseJson } from "../../requests/request-text.ts";
import { counted, durationText } from "../../terminal/durations.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({
  ...connectionOptions,
  ...outputOptions,
  work: option.string({
    optional: true,
    env: "CALLGRID_EXPECT_WORK",
    description: 'How many requests of each function will come, as JSON: {"price":200000}.',
  }),
  at: option.string({
    optional: true,
    env: "CALLGRID_EXPECT_AT",
    description: "When they begin to come: 18:00, 2027-01-04T18:00 or with a zone 2027-01-04T18:00Z; default: now.",
  }),
  within: option.number({
    unit: "ms",
    optional: true,
    min: 1_000,
    max: 366 * 86_400_000,
    env: "CALLGRID_EXPECT_WITHIN",
    description: "Within what time all of them are to be done, such as 10m.",
  }),
  name: option.string({
    optional: true,
    env: "CALLGRID_EXPECT_NAME",
    description: "Names the announcement, so that a later one replaces it or --withdraw ends it.",
  }),
  withdraw: option.boolean({
    default: false,
    env: "CALLGRID_EXPECT_WITHDRAW",
    description: "Withdraw the announcement of this --name.",
  }),
});

export const expectCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    `callgrid expect pool --work '{"price":200000}' --at 18:00 --within 10m`,
    "callgrid expect pool --name closing --withdraw",
  ],
  async run({ operands: [pool = ""], options: given, io }) {
    const { url, grid, connectTimeoutMs } = given;
    const forecast = forecastOf(given);
    await using client = await connect(url, { grid, connectTimeoutMs });
    const expected = await client.expectWork(pool, forecast);
    if (given.json) await writeJson(io.stdout, { pool, ...expected, at: forecast.at });
    else if (given.withdraw) await writeLine(io.stdout, `withdrawn: ${expected.id}`);
    else await writeLine(io.stdout, announcementText(expected, forecast));
    return exitCodes.fine;
  },
};

type Given = Parameters<(typeof expectCommand)["run"]>[0]["options"];
type Connected = Awaited<ReturnType<typeof connect>>;
type Forecast = Parameters<Connected["expectWork"]>[1];
type Expected = Awaited<ReturnType<Connected["expectWork"]>>;

function forecastOf({ work, at, within, name, withdraw }: Given): Forecast {
  if (withdraw) {
    if (name === undefined) throw invalidOption("--name", "must say which announcement to withdraw");
    return { id: name, workMs: 0 };
  }
  if (work === undefined) throw invalidOption("--work", `must be given, such as '{"price":200000}'`);
  if (within === undefined) throw invalidOption("--within", "must be given, such as 10m");
  return { id: name, withinMs: within, requests: countsOf(work), at: nextMoment(at, "--at") };
}

function countsOf(text: string): Record<string, number> {
  const value = parseJson(text, "--work");
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, number>;
  throw invalidOption("--work", `must be an object of counts such as {"price":200000}, got ${text}`);
}

function announcementText({ id, workMs, workers, unmeasured }: Expected, { at, withinMs = 0 }: Forecast): string {
  const when = at === undefined ? "now" : at.toLocaleString();
  const lines = [
    `announced as ${id}: ${durationText(workMs)} of work from ${when}, within ${durationText(withinMs)}`,
    `needs ${counted(workers ?? 0, "worker")}`,
  ];
  if (unmeasured.length > 0) lines.push(`not measured yet, taken as 100 ms a request: ${unmeasured.join(", ")}`);
  return lines.join("\n");
}
