/** Package cli: the `callgrid` command. */
export { type CliIo, type EndSignal, type OutputStream, processIo } from "./cli-io.ts";
export type { Embedded, LocalGridRequest } from "./command.ts";
export { main } from "./main.ts";
