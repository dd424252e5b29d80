/** Lets a debugger look at this process. */
import inspector from "node:inspector";
import { invalidOption } from "@callgrid/core";

/** Opens the inspector, which prints its address on stderr, and returns once a debugger has connected. Ctrl-C ends the process meanwhile. */
export function waitForDebugger(port: number): void {
  // a process that was started with --inspect has one
  if (inspector.url() === undefined) inspector.open(port, "127.0.0.1");
  if (inspector.url() === undefined) throw invalidOption("--inspect-port", `cannot be used: ${port}`);
  inspector.waitForDebugger();
}

/** Pauses in a debugger that has connected, so that breakpoints can be set in what is loaded by now. */
export function pauseInDebugger(): void {
  // biome-ignore lint/suspicious/noDebugger: this is where a replay stops
  debugger;
}
