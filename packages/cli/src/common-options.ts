/** Options that several commands share. */
import { clientOptions } from "@callgrid/client";
import { declareOptions, option } from "@callgrid/core";

/** For every command. */
export const outputOptions = {
  json: option.boolean({ default: false, description: "Print results as JSON, one document a line." }),
  logLevel: option.choice({
    choices: ["trace", "debug", "info", "warn", "error", "fatal", "silent"],
    optional: true,
    description:
      "The least important that is logged, on stderr; default info for nodes, error for torture, warn for the rest.",
  }),
} as const;

/** For every command that connects. */
export const connectionOptions = {
  url: option.string({
    default: "redis://localhost:6379",
    description: "Where the grid's Redis is: redis://host:port, rediss://… for TLS, or unix:///path.",
  }),
  grid: clientOptions.grid,
  connectTimeoutMs: clientOptions.connectTimeoutMs,
} as const;

/** For the commands that start a node in a pool. */
export const poolOption = {
  pool: option.string({ description: "The id of the pool." }),
} as const;

/** For the commands that load functions. */
export const functionsOption = {
  functions: option.list({
    description: "The modules that define the functions, TypeScript or JavaScript; the flag may be repeated.",
  }),
} as const;

/** The options of a command that looks at a pool or changes it. */
export const poolCommandOptions = declareOptions({ ...connectionOptions, ...outputOptions });
