/** The `callgrid` command as a process: loading it runs the command, and ends the process. */
import { type Embedded, exitCodeAfter, main, processIo } from "@callgrid/cli";
import { packedFiles, withoutSecrets } from "@callgrid/core";

// What other users of the machine see of this process, in which a URL may have been given with its password.
const args = process.argv.slice(2);
const shownArgs = args.map(withoutSecrets).join(" ");
if (shownArgs !== args.join(" ")) process.title = `callgrid ${shownArgs}`;

const embedded: Embedded = {
  // few commands need it, and loading it takes time
  localGrid: async (options) => (await import("./local-grid.ts")).localGrid(options),
  library: packedFiles() === undefined ? new URL("../bundle/", import.meta.url) : undefined,
};
const io = processIo();
const exitCode = await main(args, io, embedded);
// Explicitly: what a user's module left open must not keep the command running.
process.exit(await exitCodeAfter(exitCode, io));
