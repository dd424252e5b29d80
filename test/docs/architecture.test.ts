/** docs/ARCHITECTURE.md lists the keys of packages/statekeeper/src/redis/wire/keys.ts: all of them, and no others. */
import { expect, it } from "vitest";
import { keyNames } from "../../packages/statekeeper/src/redis/wire/keys.ts";
import { pageText } from "./markdown.ts";

const table = pageText("docs/ARCHITECTURE.md").split("## Redis keys")[1] ?? "";

it("every key has its line in the table, and every line is a key", () => {
  const listed = [...table.matchAll(/^\| `([a-z-]+:?)(?:<\w+>)?` \|/gm)].map((line) => line[1]);
  expect(listed.sort()).toEqual(Object.values(keyNames).sort());
});
