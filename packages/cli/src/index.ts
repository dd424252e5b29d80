/** Package cli: the `callgrid` command. */

export type { Embedded, LocalGridRequest } from "./command-line/command.ts";
export { exitCodeAfter, main } from "./main.ts";
export { type CliIo, type EndSignal, type OutputStream, type ProcessIo, processIo } from "./terminal/io.ts";
