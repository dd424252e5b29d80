/** One form for all commands: what they are called, what they take, and what they do, with one shape of help. */
import type { Writable } from "node:stream";
import type { Grid } from "@callgrid/client";
import type { OptionDeclarations, OptionsResolved } from "@callgrid/core";
import type { Command } from "commander";
import type { Logger } from "pino";
import { exitCodesHelp } from "../terminal/exit-codes.ts";
import type { CliIo } from "../terminal/io.ts";
import { addFlags, readFlags } from "./option-flags.ts";

/** What the command line needs of the package that it is part of, and cannot import. */
export interface Embedded {
  /** Starts an embedded grid, see `localGrid` of callgrid. */
  localGrid(options: LocalGridRequest): Promise<Grid & { readonly pool: string }>;
  /** The folder of the package's bundle, for `callgrid sweep pack`; undefined where the package is packed itself. */
  readonly library?: URL | undefined;
}

/** What `run` asks of an embedded grid. */
export interface LocalGridRequest {
  readonly functions: readonly string[];
  readonly workers?: number | undefined;
  readonly workerHeapBytes?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly log: Logger;
  /** Where what worker threads log and print goes; default: standard error. */
  readonly output?: Writable | undefined;
}

/** A command. */
export interface CommandSpec<Declarations extends OptionDeclarations> {
  readonly options: Declarations;
  /** Command lines that work. */
  readonly examples: readonly string[];
  /** Resolves to the exit code. */
  run(call: CommandCall<Declarations>): Promise<number>;
}

/** A command that is called. */
export interface CommandCall<Declarations extends OptionDeclarations> {
  /** In the order of the command line, repeated ones one after the other. */
  readonly operands: readonly string[];
  readonly options: OptionsResolved<Declarations>;
  readonly io: CliIo;
  readonly embedded: Embedded;
}

/** What {@link fillCommand} hands to commands, and where it leaves their exit codes. */
export interface CommandSetting {
  readonly io: CliIo;
  readonly embedded: Embedded;
  readonly onExitCode: (exitCode: number) => void;
}

/** Gives a command of the program its flags, its help, and what it does. */
export function fillCommand<Declarations extends OptionDeclarations>(
  command: Command,
  spec: CommandSpec<Declarations>,
  { io, embedded, onExitCode }: CommandSetting,
): void {
  addFlags(command, spec.options);
  command.addHelpText(
    "after",
    `\nExamples:\n${spec.examples.map((example) => `  ${example}`).join("\n")}\n\n${exitCodesHelp}`,
  );
  command.action(async () => {
    const options = readFlags(spec.options, command, io.env);
    onExitCode(await spec.run({ operands: command.args, options, io, embedded }));
  });
}
