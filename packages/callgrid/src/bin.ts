#!/usr/bin/env node
/** The `callgrid` command as a process. */
import { type Embedded, main, processIo } from "@callgrid/cli";

const brokenPipeExitCode = 141;

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(brokenPipeExitCode);
  throw error;
});

const embedded: Embedded = {
  // few commands need it, and loading it takes time
  localGrid: async (options) => (await import("./local-grid.ts")).localGrid(options),
};
const exitCode = await main(process.argv.slice(2), processIo(), embedded);
// Explicitly: what a user's module left open must not keep the command running.
process.stdout.write("", () => process.exit(exitCode));
