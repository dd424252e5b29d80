/** What code of a user's in this process may do that belongs to the command: print, and end the process. */
import { exitCodes } from "../terminal/exit-codes.ts";

/** Runs what calls it: what it prints goes to stderr, and the end of the process is a failure that is named. */
export async function besideUserCode<Result>(run: () => Promise<Result>): Promise<Result> {
  const { stdout, stderr } = process;
  const write = stdout.write;
  stdout.write = stderr.write.bind(stderr) as typeof write;
  process.on("exit", noteExit);
  try {
    return await run();
  } finally {
    process.off("exit", noteExit);
    stdout.write = write;
  }
}

function noteExit(exitCode: number): void {
  process.stderr.write(`a function has ended the process with exit code ${exitCode}\n`);
  if (exitCode === exitCodes.fine) process.exitCode = exitCodes.failed;
}
