/** The `callgrid` command: finds the command that is meant, runs it, and turns errors into messages and exit codes. */
import { readFileSync } from "node:fs";
import {
  isGridError,
  type OptionDeclarations,
  ownManifest,
  packedFiles,
  systemClock,
  within,
  withoutSecrets,
} from "@callgrid/core";
import { Command, CommanderError } from "commander";
import { type CommandSpec, type Embedded, fillCommand } from "./command-line/command.ts";
import { flag, repeatFunctionsFlag, strayModule } from "./command-line/function-files.ts";
import { misspeltVariables } from "./command-line/misspelt-variables.ts";
import { commands } from "./command-table.ts";
import { colorsOf, hasColors } from "./terminal/colors.ts";
import { exitCodeOf, exitCodes, exitCodesHelp } from "./terminal/exit-codes.ts";
import { failureFields, failureText } from "./terminal/failure-text.ts";
import { type CliIo, type OutputStream, type ProcessIo, writeLine, writeShown } from "./terminal/io.ts";
import { visibleJson, visibleText } from "./terminal/visible-text.ts";

/**
 * Runs one command line.
 *
 * @param argv - the arguments after `callgrid`.
 * @returns the exit code: 0 fine, 1 a request failed, 2 wrong usage, option, request or module, 3 no connection,
 *   130 interrupted (143 by SIGTERM), 141 the reader of stdout has gone.
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
  const given = repeatFunctionsFlag(argv);
  const name = calledCommand(argv);
  try {
    const spec = await commands.get(name)?.load();
    const program = makeProgram(io);
    if (spec !== undefined) {
      fillCommand(commandOf(program, name), spec, { io, embedded, onExitCode });
      await warnOfVariables(name, spec, io);
    }
    await program.parseAsync(given, { from: "user" });
    return exitCode;
  } catch (error) {
    await tellFailure(error, io, argv.includes("--json"));
    const code = exitCodeOf(error);
    const stray = code === exitCodes.usage ? strayModule(given) : undefined;
    if (stray !== undefined && (await takesFunctions(name)))
      await writeLine(io.stderr, `Did you mean ${flag} ${stray}?`);
    return code;
  }
}

async function takesFunctions(name: string): Promise<boolean> {
  const spec = await commands.get(name)?.load();
  return Object.values(spec?.options ?? {}).some((option) => option.flag === flag);
}

/** The first operand, or the one after `help`. */
function calledCommand(argv: readonly string[]): string {
  const [first = "", second = ""] = argv.filter((each) => !each.startsWith("-"));
  return first === "help" ? second : first;
}

/** With all commands as the help shows them. */
function makeProgram({ stdout, stderr, env }: CliIo): Command {
  const program = new Command("callgrid")
    .description("A re-entrant calculation grid: plain functions, called by name, evaluated wherever a worker is idle.")
    .version(ownVersion(), "-V, --version", "print the version")
    .configureOutput({
      writeOut: (text) => stdout.write(visibleText(text)),
      writeErr: (text) => stderr.write(visibleText(withoutSecrets(withoutValue(text)))),
      getOutHasColors: () => hasColors(stdout, env),
      getErrHasColors: () => hasColors(stderr, env),
    })
    .configureHelp({ showGlobalOptions: false, subcommandTerm })
    .addHelpText("after", `\nExample:\n  callgrid run --functions functions.ts '["ratio",7]'\n\n${exitCodesHelp}`)
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride();
  for (const [name, { summary, operands }] of commands) {
    const command = program.command(name).description(summary);
    for (const [form, description] of operands) command.argument(form, description);
  }
  return program;
}

/** As commander writes it where the options are known, which are loaded with the command. */
function subcommandTerm(command: Command): string {
  const forms = commands.get(command.name())?.operands.map(([form]) => form);
  return [command.name(), ...(forms === undefined ? ["[command]"] : ["[options]", ...forms])].join(" ");
}

function commandOf(program: Command, name: string): Command {
  const found = program.commands.find((command) => command.name() === name);
  if (found === undefined) throw new Error(`the program lacks the command ${name}`);
  return found;
}

/** A variable that no command has is ignored, as it may be one of the user's own; one that resembles an option's is a slip. */
async function warnOfVariables(name: string, { options }: CommandSpec<OptionDeclarations>, io: CliIo): Promise<void> {
  const slips = misspeltVariables(options, io.env);
  if (slips.length === 0) return;
  // with the client comes Redis's, which few commands need
  const { clientOptions } = await import("@callgrid/client");
  const specs = await Promise.all([...commands.values()].map(({ load }) => load()));
  const others = specs.map(({ options: declared }) => declared);
  const known = new Set([clientOptions, ...others].flatMap((each) => Object.values(each).map(({ env }) => env)));
  for (const { variable, nearest } of slips) {
    if (known.has(variable)) continue;
    await writeLine(io.stderr, `warning: ${variable} is not a variable of callgrid ${name}; did you mean ${nearest}?`);
  }
}

async function tellFailure(error: unknown, io: CliIo, json: boolean): Promise<void> {
  // Help, the version, and mistakes in usage have been written by now.
  if (error instanceof CommanderError) return;
  // a command whose reader has gone ends in silence, as every other program does
  if (isGridError(error, "CANCELLED") && error.cause === "SIGPIPE") return;
  if (json)
    await writeShown(io.stdout, `${withoutSecrets(visibleJson(JSON.stringify({ error: failureFields(error) })))}\n`);
  await writeLine(io.stderr, withoutSecrets(failureText(error, colorsOf(io.stderr, io.env))));
}

/** Of a flag that there is not, the name is enough: its value may be a password. */
function withoutValue(text: string): string {
  return text.replace(/^(error: unknown option '-[^=']*)=[^\n]*'/, "$1'");
}

function ownVersion(): string {
  const text = packedFiles()?.read(ownManifest) ?? readFileSync(new URL("../package.json", import.meta.url));
  return (JSON.parse(Buffer.from(text).toString()) as { version: string }).version;
}

// How long the readers of a command that a signal has ended have to take what is left.
const lastReadMs = 250;
const signalCodes: ReadonlySet<number> = new Set([exitCodes.interrupted, exitCodes.terminated]);

/**
 * The exit code of a command once all that it wrote has been read: 141 where the reader of stdout has gone, and 1 where stdout could
 * not be written for another reason, such as a full disk. After a signal, a reader that has stopped reading is not waited for.
 */
export async function exitCodeAfter(exitCode: number, io: ProcessIo): Promise<number> {
  const flushed = Promise.all([io.stdout, io.stderr].map(flush));
  await (signalCodes.has(exitCode) ? within(systemClock, lastReadMs, flushed) : flushed);
  const { outputFailure } = io;
  if (outputFailure === undefined) return exitCode;
  if (outputFailure.code === "EPIPE") return exitCodes.brokenPipe;
  await writeLine(io.stderr, `stdout cannot be written: ${outputFailure.message}`);
  await flush(io.stderr);
  return exitCodes.failed;
}

/** Resolves when a stream has passed on what was written to it, or never will. */
function flush(stream: OutputStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write("", () => resolve());
  });
}
