import { expect, test } from "vitest";
import { serverKind } from "./server-kind.ts";

test.each([
  [{ redis_version: "7.4.6" }, "Redis", "7.4.6"],
  [{ redis_version: "7.2.4", server_name: "valkey", valkey_version: "8.1.4" }, "Valkey", "8.1.4"],
  [{ redis_version: "7.4.0", dragonfly_version: "df-v1.34.2" }, "Dragonfly", "1.34.2"],
  [{ redis_version: "7.4.3", garnet_version: "1.0.61" }, "Garnet", "1.0.61"],
  [{ redis_version: "6.3.4", mvcc_depth: "0" }, "KeyDB", "6.3.4"],
  [{}, "Redis", "unknown"],
])("the server that reports %j is %s %s", (fields: Readonly<Record<string, string>>, name, version) => {
  expect(serverKind(new Map(Object.entries(fields)))).toEqual({ name, version });
});
