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
      "The least important level that is logged, on stderr; default: info for nodes, error for torture, warn for the rest.",
  }),
} as const;

/** For every command that connects. */
export const connectionOptions = {
  url: option.string({
    default: "redis://localhost:6379",
    description:
      "Where the grid's Redis is: redis://host:port, redis+cluster://host:port,…, redis+sentinel://host:port,…/primary, rediss… for TLS, or unix:///path.",
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
    holds: "files",
    description:
      "The modules that define the functions, TypeScript or JavaScript, or patterns such as 'src/**/*.functions.ts'; several may follow the flag, and it may be repeated.",
  }),
} as const;

/** For the commands that calculate on this machine. */
export const niceOption = {
  nice: option.number({
    unit: "count",
    default: 0,
    min: 0,
    max: 19,
    description: "The nice value of what calculates: a higher one lets other processes of the machine run first.",
  }),
} as const;

/** For the commands that start a node: where its log goes besides stderr. */
export const logFileOptions = {
  logFile: option.string({
    optional: true,
    description: "A log file in addition to stderr, one for each command; all of its workers write there.",
  }),
  logFileBytes: option.number({
    unit: "bytes",
    default: 20_000_000,
    min: 1_000,
    max: 10_000_000_000,
    description: "The size at which the log file is compressed (.gz) and a new one started.",
  }),
  logFileCount: option.number({
    unit: "count",
    default: 10,
    min: 1,
    max: 10_000,
    description: "How many compressed log files are kept.",
  }),
} as const;

/** For the commands that start a node: where it says how it is. */
export const healthOptions = {
  healthPort: option.number({
    unit: "count",
    default: 0,
    min: 0,
    max: 65_535,
    description:
      "The port of GET /healthz, /readyz, /metrics and /capacity, one for all workers of the command; 0: none.",
  }),
  healthHost: option.string({
    default: "127.0.0.1",
    description:
      "The address to serve these on, 0.0.0.0 for all; they ask for no password, so keep the port inside your network.",
  }),
} as const;

const tokenForm = { pattern: /^\S{12,200}$/, expects: "12 to 200 characters without spaces" };

/** For the commands that serve a dashboard. */
export const dashboardOptions = {
  port: option.number({
    unit: "count",
    default: 8_417,
    min: 0,
    max: 65_535,
    env: "CALLGRID_DASHBOARD_PORT",
    description: "The port of the dashboard; 0: any that is free.",
  }),
  host: option.string({
    default: "127.0.0.1",
    env: "CALLGRID_DASHBOARD_HOST",
    description: "The address to serve the dashboard on; any but a loopback one needs a token.",
  }),
  hosts: option.list({
    default: [],
    env: "CALLGRID_DASHBOARD_HOSTS",
    description: "Further host names that browsers may ask for the dashboard by, such as that of a proxy.",
  }),
  token: option.string({
    optional: true,
    env: "CALLGRID_DASHBOARD_TOKEN",
    ...tokenForm,
    description: "The token that lets one look; better given by the variable, since others see flags.",
  }),
  operatorToken: option.string({
    optional: true,
    env: "CALLGRID_DASHBOARD_OPERATOR_TOKEN",
    ...tokenForm,
    description: "The token that also lets one act on requests and runs.",
  }),
  adminToken: option.string({
    optional: true,
    env: "CALLGRID_DASHBOARD_ADMIN_TOKEN",
    ...tokenForm,
    description: "The token that lets one do everything.",
  }),
  hideValues: option.boolean({
    default: false,
    env: "CALLGRID_DASHBOARD_HIDE_VALUES",
    description: "Never show the arguments of requests.",
  }),
} as const;

/** The options of a command that looks at a pool or changes it. */
export const poolCommandOptions = declareOptions({ ...connectionOptions, ...outputOptions });
