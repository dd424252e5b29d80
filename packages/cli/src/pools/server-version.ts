/**
 * Whether a server is one that callgrid works on, and whether its Lua has the fixes of faults by which a user who may run scripts gets
 * the server's process. docs/guides/servers.md has the sources.
 */
import type { RedisFacts } from "@callgrid/statekeeper";
import type { Finding } from "./diagnosis.ts";

type Server = RedisFacts["server"];

const check = "version";
const faults = "CVE-2025-49844, CVE-2025-46817, CVE-2025-46818 and CVE-2024-46981";
/** The first patch of each line with the fixes; later lines began with them, and 7.0 of Redis has no such patch. */
const firstFixed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Redis: { "7.0": Number.POSITIVE_INFINITY, "7.2": 11, "7.4": 6, "8.0": 4, "8.2": 2 },
  Valkey: { "7.2": 11, "8.0": 6, "8.1": 4 },
};
const unsuited: Readonly<Record<string, string>> = {
  Dragonfly: "it lets scripts use no key that a call does not list",
  Garnet: "it runs no Lua scripts by default",
  KeyDB: "it is at the state of Redis 6",
};

/** The finding on the server's kind and version. */
export function serverFinding({ server, isTooOld }: Pick<RedisFacts, "server" | "isTooOld">): Finding {
  const message = `${server.name} ${server.version}`;
  const reason = unsuited[server.name];
  if (reason !== undefined)
    return { check, status: "wrong", message: `${message} is not supported: ${reason}`, remedy: installAnother };
  if (isTooOld) {
    const tooOld = `${message} is too old: callgrid needs Redis 7.0 or later, or Valkey 8 or later`;
    return { check, status: "wrong", message: tooOld, remedy: installAnother };
  }
  if (hasLuaFixes(server)) return { check, status: "ok", message };
  return {
    check,
    status: "warning",
    message: `${message} has no fixes of ${faults} from its authors`,
    remedy: upgrade(server),
  };
}

const installAnother = "use Redis 7.0 or later, or Valkey 8 or later";

function hasLuaFixes({ name, version }: Server): boolean {
  const [major, minor, patch = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const first = firstFixed[name]?.[`${major}.${minor}`];
  return first === undefined || patch >= first;
}

function upgrade({ name }: Server): string {
  const lines = Object.entries(firstFixed[name] ?? {}).filter(([, patch]) => Number.isFinite(patch));
  const versions = lines.map(([line, patch]) => `${line}.${patch}`).join(", ");
  return `upgrade to ${versions} or later, or see that your distribution has the fixes in its own package`;
}
