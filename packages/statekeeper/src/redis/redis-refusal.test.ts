import { expect, test } from "vitest";
import { isDenial } from "./redis-refusal.ts";

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
