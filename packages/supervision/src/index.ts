/** Package supervision: starts the processes of workers, watches them, and adds and removes hosts' workers. */
export { childLauncher } from "./child-launcher.ts";
export { type CommandPlace, commandLauncher, launcherSilenceMs } from "./command-launcher.ts";
export { Host, type HostOptions, type HostParts } from "./host.ts";
export { LastLines } from "./last-lines.ts";
export type { LaunchedWorker, Launcher, ProcessEnd } from "./launcher.ts";
export { memoryShareMb } from "./memory-share.ts";
export {
  isConfigurationCode,
  readWorkerMessage,
  type SupervisorMessage,
  type WorkerMessage,
  type WorkerSettings,
} from "./supervision-messages.ts";
export { Supervisor, type SupervisorOptions, type SupervisorParts } from "./supervisor.ts";
