/** What the results were measured on, as far as it matters to who wants to compare them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import { join } from "node:path";

export interface Environment {
  /** Day, in UTC. */
  readonly date: string;
  readonly node: string;
  readonly redis: string;
  readonly system: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  /** Of callgrid; with `+` where files had been changed since. */
  readonly commit: string;
  /** Packages and their versions. */
  readonly packages: Readonly<Record<string, string>>;
}

const bytesPerGiB = 1_073_741_824;
const packages = ["callgrid", "bullmq", "bee-queue", "piscina", "ioredis"];

/** Reads from the working folder, which is that of the repository. */
export function readEnvironment(): Environment {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    redis: /v=([\d.]+)/.exec(output("redis-server", "--version"))?.[1] ?? "unknown",
    system: `${platform()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? "unknown",
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / bytesPerGiB),
    commit: `${output("git", "rev-parse", "--short", "HEAD")}${output("git", "status", "--porcelain") === "" ? "" : "+"}`,
    packages: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const text = readFileSync(join("node_modules", name, "package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** What a command prints; nothing where it is not there. */
function output(command: string, ...args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}
