import { expect, test } from "vitest";
import { parseRedisUrl } from "./links/redis-address.ts";
import { isDenial, refusalKind } from "./redis-refusal.ts";

test.each([
  ["NOPERM User limited has no permissions to run the 'hset' command"],
  ["ERR The user executing the script can't run this command or subcommand"],
  ["ERR The user executing the script can't access at least one of the keys mentioned in the command arguments"],
  ["ERR ACL failure in script: User limited has no permissions to run the 'hset' command"],
  ["ERR ACL failure in script: No permissions to access a key"],
])("%s is a refusal for lack of rights", (reason) => {
  expect(isDenial(reason)).toBe(true);
});

test("a command that a server does not know is no lack of rights", () => {
  expect(isDenial("ERR Unknown Redis command called from script")).toBe(false);
});

test.each(["ERR max number of clients reached", "read ECONNRESET", "write EPIPE", "Connection is closed."])(
  "a link that ended with %s was closed by the server",
  async (message) => {
    const socket = { ...parseRedisUrl("redis://127.0.0.1"), options: {} };
    expect(await refusalKind(new Error(message), socket)).toBe("closed");
  },
);
