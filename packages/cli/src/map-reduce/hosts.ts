/** The hosts of a map/reduce run: what they can do, and how many workers each should have. */
import { hostname } from "node:os";
import type { ConfigFile } from "./config-file.ts";

/** A host and its performance. */
export interface Host {
  readonly host: string;
  readonly cpus: number;
  readonly memoryGb: number;
  /** The command that launches workers there, see `commandLauncher`; without it, the user starts them. */
  readonly launch?: string | readonly string[];
  /** How callgrid is started there; default: `callgrid`. */
  readonly program?: readonly string[];
}

/** A host with its part of the work. */
export interface Placement extends Host {
  readonly score: number;
  readonly workers: number;
  /** The score of each of its workers, where 1 is the average: its share of the host's. To three digits, from 0.001 to 1,000,000. */
  readonly workerScore: number;
  /** How much memory each of its workers may take, in bytes. */
  readonly workerBytes: number;
}

/** How good a host is. */
export type ScoreHost = (host: Host) => number;

/** By default the processors times the memory. */
const defaultScore: ScoreHost = ({ cpus, memoryGb }) => cpus * memoryGb;

const hostKeys = ["host", "cpus", "memoryGb", "launch", "program"];
const mostWorkersPerCpu = 3;
const bytesPerGb = 1_073_741_824;

/** Reads `{ "hosts": [{ "host": …, "cpus": …, "memoryGb": …, "launch"?: …, "program"?: … }] }`; throws `INVALID_OPTION` with line and key. */
export function readHosts(file: ConfigFile): Host[] {
  file.refuseUnknownKeys(["hosts"]);
  const hosts = file.get("hosts");
  if (!Array.isArray(hosts)) return file.refuse("hosts", "must be a list of hosts");
  if (hosts.length === 0) return file.refuse("hosts", "is empty: with no host there are no workers");
  return hosts.map((value: unknown, place) => {
    const key = `hosts[${place}]`;
    if (typeof value !== "object" || value === null)
      return file.refuse(key, "must be an object with host, cpus and memoryGb");
    file.refuseUnknownKeys(hostKeys, { key, value });
    const { host, cpus, memoryGb, launch, program } = value as Partial<Host>;
    if (typeof host !== "string" || host === "") return file.refuse(`${key}.host`, "must be the name of a host");
    if (typeof cpus !== "number" || !Number.isInteger(cpus) || cpus < 1)
      return file.refuse(`${key}.cpus`, "must be the number of its processors, 1 or more");
    if (typeof memoryGb !== "number" || !(memoryGb > 0))
      return file.refuse(`${key}.memoryGb`, "must be its memory in GB, more than 0");
    if (launch !== undefined && typeof launch !== "string" && !areWords(launch))
      return file.refuse(
        `${key}.launch`,
        "must be a command with {command} or {arguments} in it: text, or a list of words",
      );
    if (program !== undefined && !areWords(program)) return file.refuse(`${key}.program`, "must be a list of words");
    return { host, cpus, memoryGb, ...(launch !== undefined && { launch }), ...(program !== undefined && { program }) };
  });
}

function areWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string");
}

/**
 * Shares workers out by score: as many in all as there are processors, at least one for each host, and at most three for each
 * of its processors.
 */
export function placeWorkers(hosts: readonly Host[], score: ScoreHost = defaultScore): Placement[] {
  const scores = hosts.map(score);
  const sum = scores.reduce((total, one) => total + one, 0);
  const cpus = hosts.reduce((total, host) => total + host.cpus, 0);
  const counts = hosts.map((host, place) => {
    const share = sum > 0 ? (cpus * (scores[place] ?? 0)) / sum : host.cpus;
    return Math.max(1, Math.min(mostWorkersPerCpu * host.cpus, Math.round(share)));
  });
  const average = sum / counts.reduce((total, count) => total + count, 0);
  return hosts.map((host, place) => {
    const [score = 0, workers = 1] = [scores[place], counts[place]];
    const workerScore = average > 0 ? scoreOption(score / workers / average) : 1;
    return { ...host, score, workers, workerScore, workerBytes: Math.floor((host.memoryGb * bytesPerGb) / workers) };
  });
}

/** As `--score` takes it. */
function scoreOption(score: number): number {
  return Number(Math.min(1_000_000, Math.max(0.001, score)).toPrecision(3));
}

/** Whether a host is this machine. */
export function isThisMachine({ host }: Host): boolean {
  return ["localhost", "127.0.0.1", "::1", hostname()].includes(host);
}
