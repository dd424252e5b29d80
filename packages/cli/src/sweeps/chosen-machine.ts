/** Which machine this is: by option, by being the only one, or by asking where a person is at the terminal. */
import { createInterface } from "node:readline/promises";
import { GridError, invalidOption } from "@callgrid/core";
import type { Machine } from "@callgrid/sweep";
import { type CliIo, writeLine } from "../terminal/io.ts";

/** Throws `INVALID_OPTION` for a name that no machine has, and where none is given and there is no terminal to ask on. */
export async function chooseMachine(
  io: CliIo,
  machines: readonly Machine[],
  given: string | undefined,
  signal: AbortSignal,
): Promise<Machine> {
  const names = machines.map(({ name }) => name).join(", ");
  const [only] = machines;
  const isOnly = machines.length === 1;
  const canAsk = io.stderr.isTTY === true && "isTTY" in io.stdin && io.stdin.isTTY === true;
  const name = given ?? (isOnly ? only?.name : canAsk ? await ask(io, names, signal) : undefined);
  if (name === undefined) throw invalid(`must be given: machines.json has ${names}`);
  const machine = machines.find((each) => each.name === name);
  if (machine === undefined) throw invalid(`${JSON.stringify(name)} is not in machines.json, which has ${names}`);
  return machine;
}

async function ask({ stdin, stderr }: CliIo, names: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return (await lines.question(`Which machine is this? (${names}) `, { signal })).trim();
  } catch (cause) {
    throw signal.aborted ? new GridError("CANCELLED", "interrupted", { cause: signal.reason }) : cause;
  } finally {
    lines.close();
    await writeLine(stderr, "");
  }
}

function invalid(problem: string): GridError {
  return invalidOption("--machine", `${problem}`);
}
