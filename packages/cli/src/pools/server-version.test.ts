import { expect, test } from "vitest";
import { serverFinding } from "./server-version.ts";

test.each([
  ["Redis", "7.2.11"],
  ["Redis", "7.4.6"],
  ["Redis", "8.2.2"],
  ["Redis", "8.10.0"],
  ["Valkey", "8.1.4"],
  ["Valkey", "9.0.0"],
] as const)("%s %s is as it should be", (name, version) => {
  expect(serverFinding({ server: { name, version }, isTooOld: false })).toEqual({
    check: "version",
    status: "ok",
    message: `${name} ${version}`,
  });
});

test.each([
  ["Redis", "7.0.15", "upgrade to 7.2.11, 7.4.6, 8.0.4, 8.2.2 or later"],
  ["Redis", "7.4.5", "upgrade to 7.2.11"],
  ["Redis", "8.2.1", "upgrade to 7.2.11"],
  ["Valkey", "8.1.1", "upgrade to 7.2.11, 8.0.6, 8.1.4 or later"],
] as const)("%s %s lacks fixes of its Lua, and doctor names versions that have them", (name, version, remedy) => {
  expect(serverFinding({ server: { name, version }, isTooOld: false })).toMatchObject({
    status: "warning",
    message: expect.stringContaining("CVE-2025-49844"),
    remedy: expect.stringContaining(remedy),
  });
});

test.each(["Dragonfly", "KeyDB", "Garnet"] as const)("%s is not supported, and doctor gives the reason", (name) => {
  const finding = serverFinding({ server: { name, version: "1.2.3" }, isTooOld: false });
  expect(finding).toMatchObject({ status: "wrong", remedy: "use Redis 7.0 or later, or Valkey 8 or later" });
  expect(finding.message).toMatch(/1\.2\.3 is not supported: it/);
});
