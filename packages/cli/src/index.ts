/** Package cli: the `callgrid` command. */
export { type CliIo, type EndSignal, type OutputStream, type ProcessIo, processIo } from "./cli-io.ts";
export type { Embedded, LocalGridRequest } from "./command.ts";
export { exitCodeAfter, main } from "./main.ts";
