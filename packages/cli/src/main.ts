/** The `callgrid` command: finds the command that is meant, runs it, and turns errors into messages and exit codes. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { type CliIo, writeLine } from "./cli-io.ts";
import { colorsOf, hasColors } from "./colors.ts";
import { addCommand, type CommandSetting, type Embedded } from "./command.ts";
import { batchCommand } from "./commands/batch.ts";
import { distributorCommand } from "./commands/distributor.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { enqueueCommand } from "./commands/enqueue.ts";
import { forgetCommand } from "./commands/forget.ts";
import { hostCommand } from "./commands/host.ts";
import { launchedCommand } from "./commands/launched.ts";
import { logsCommand } from "./commands/logs.ts";
import { mapreduceCommand } from "./commands/mapreduce.ts";
import { planCommand } from "./commands/plan.ts";
import { runCommand } from "./commands/run.ts";
import { runnerCommand } from "./commands/runner.ts";
import { runsCommand } from "./commands/runs.ts";
import { statusCommand } from "./commands/status.ts";
import { tortureCommand } from "./commands/torture.ts";
import { whyCommand } from "./commands/why.ts";
import { workerCommand } from "./commands/worker.ts";
import { exitCodeOf, exitCodes, exitCodesHelp } from "./exit-codes.ts";
import { failureFields, failureText } from "./failure-text.ts";

/**
 * Runs one command line.
 *
 * @param argv - the arguments after `callgrid`.
 * @returns the exit code: 0 fine, 1 a request failed, 2 wrong usage, option, request or module, 3 no connection,
 *   130 interrupted (143 by SIGTERM).
 * @example
 * ```ts
 * import { main, processIo } from "@callgrid/cli";
 * import { localGrid } from "callgrid";
 *
 * process.exitCode = await main(["status", "pool"], processIo(), { localGrid });
 * ```
 */
export async function main(argv: readonly string[], io: CliIo, embedded: Embedded): Promise<number> {
  let exitCode: number = exitCodes.fine;
  const onExitCode = (code: number): void => {
    exitCode = code;
  };
  try {
    await makeProgram({ io, embedded, onExitCode }).parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    await tellFailure(error, io, argv.includes("--json"));
    return exitCodeOf(error);
  }
}

function makeProgram(setting: CommandSetting): Command {
  const { stdout, stderr, env } = setting.io;
  const program = new Command("callgrid")
    .description("A re-entrant calculation grid: plain functions, called by name, evaluated wherever a worker is idle.")
    .version(ownVersion(), "-V, --version", "print the version")
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHasColors: () => hasColors(stdout, env),
      getErrHasColors: () => hasColors(stderr, env),
    })
    .configureHelp({ showGlobalOptions: false })
    .addHelpText("after", `\nExample:\n  callgrid run --functions functions.ts '["ratio",7]'\n\n${exitCodesHelp}`)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride();
  addCommand(program, runCommand, setting);
  addCommand(program, workerCommand, setting);
  addCommand(program, hostCommand, setting);
  addCommand(program, distributorCommand, setting);
  addCommand(program, enqueueCommand, setting);
  addCommand(program, batchCommand, setting);
  addCommand(program, planCommand, setting);
  addCommand(program, mapreduceCommand, setting);
  addCommand(program, runnerCommand, setting);
  addCommand(program, runsCommand, setting);
  addCommand(program, statusCommand, setting);
  addCommand(program, whyCommand, setting);
  addCommand(program, doctorCommand, setting);
  addCommand(program, logsCommand, setting);
  addCommand(program, forgetCommand, setting);
  addCommand(program, tortureCommand, setting);
  addCommand(program, launchedCommand, setting);
  return program;
}

async function tellFailure(error: unknown, io: CliIo, json: boolean): Promise<void> {
  // Help, the version, and mistakes in usage have been written by now.
  if (error instanceof CommanderError) return;
  if (json) await writeLine(io.stdout, JSON.stringify({ error: failureFields(error) }));
  await writeLine(io.stderr, failureText(error, colorsOf(io.stderr, io.env)));
}

function ownVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
