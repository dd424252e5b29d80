#!/usr/bin/env node
/** The `callgrid` command as a process. */
import { main, processIo } from "@callgrid/cli";
import { localGrid } from "./local-grid.ts";

const brokenPipeExitCode = 141;

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(brokenPipeExitCode);
  throw error;
});

const exitCode = await main(process.argv.slice(2), processIo(), { localGrid });
// Explicitly: what a user's module left open must not keep the command running.
process.stdout.write("", () => process.exit(exitCode));
