/** The built `callgrid` command within this process, for tests of what it does and not of how it starts. */
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type Embedded, main } from "@callgrid/cli";
import { localGrid } from "callgrid";
import type { CommandInput, CommandResult } from "./command.ts";

/** Runs it to its end. Its environment is what is given, and no signal comes. */
export async function runHere(
  args: readonly string[],
  { env = {}, stdin = "" }: CommandInput = {},
  embedded: Embedded = { localGrid },
): Promise<CommandResult> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const output = Promise.all([text(stdout), text(stderr)]);
  const io = { stdin: Readable.from([stdin]), stdout, stderr, env, onSignal: () => () => undefined };
  const exitCode = await main(args, io, embedded);
  stdout.end();
  stderr.end();
  const [printed, logged] = await output;
  return { exitCode, stdout: printed, stderr: logged };
}

/** One embedded grid for all commands that ask for any, whatever they ask for. */
export class SharedGrid implements Embedded {
  readonly localGrid: Embedded["localGrid"];
  readonly #end: () => Promise<void>;

  private constructor(grid: Awaited<ReturnType<typeof localGrid>>) {
    this.#end = grid.close.bind(grid);
    this.localGrid = async () => Object.assign(grid, { close: async () => undefined });
  }

  static async start(functions: string, workers: number): Promise<SharedGrid> {
    return new SharedGrid(await localGrid({ functions, workers }));
  }

  end(): Promise<void> {
    return this.#end();
  }
}
