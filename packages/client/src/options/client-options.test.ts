import { describe, expect, it } from "vitest";
import { resolveClientOptions } from "./client-options.ts";
import { makeDefaultLog } from "./log.ts";

describe("the options of a client", () => {
  it("have defaults", () => {
    expect(resolveClientOptions({}, {})).toEqual({
      grid: "default",
      connectTimeoutMs: 10_000,
      leaseMs: 30_000,
      checkEveryMs: 2_000,
      payloadLimitBytes: 16 * 1024 * 1024,
      queueLimit: 1_000_000,
      window: 4_000,
      noWorkersWarningMs: 5_000,
    });
  });

  it("come from the environment where they are not given", () => {
    const environment = { CALLGRID_GRID: "prices", CALLGRID_CHECK_EVERY_MS: "500ms", CALLGRID_CLIENT_LEASE_MS: "1m" };
    expect(resolveClientOptions({ grid: "rates", checkEveryMs: undefined }, environment)).toMatchObject({
      grid: "rates",
      checkEveryMs: 500,
      leaseMs: 60_000,
    });
  });

  it.each([
    [{ gridd: "x" }, /connect\.gridd .*did you mean grid\?/],
    [{ logg: undefined }, /connect\.logg .*did you mean log\?/],
    ["grid", /connect takes its options as an object, got "grid"/],
    [5, /connect takes its options as an object, got 5/],
    [{ grid: "with blank" }, /connect\.grid /],
    [{ grid: "a:b" }, /connect\.grid /],
    [{ window: 0 }, /connect\.window /],
    [{ leaseMs: 5_000, checkEveryMs: 2_000 }, /connect\.leaseMs must be at least three times checkEveryMs/],
  ])("are refused where they are %j", (options, message) => {
    expect(() => resolveClientOptions(options as never, {})).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringMatching(message) }),
    );
  });
});

describe("the default log", () => {
  it("refuses a level that does not exist", () => {
    expect(() => makeDefaultLog({ CALLGRID_LOG_LEVEL: "loud" })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("warn") }),
    );
    expect(makeDefaultLog({ CALLGRID_LOG_LEVEL: "silent" })).toBeDefined();
  });
});
