/** How a worker's process ended, as its supervisor reports it. */

/** Of signals and of exit codes of a shell: killed from outside, or by the operating system. */
const endsFromOutside: readonly unknown[] = ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", 137, 143, 130, 129];

/** Whether the code in the process ended it: it exited, crashed or aborted, and was not killed from outside. */
export function hasEndedItself({ exitCode, signal }: Readonly<Record<string, unknown>>): boolean {
  const end = signal ?? exitCode;
  return end !== undefined && end !== null && !endsFromOutside.includes(end);
}
