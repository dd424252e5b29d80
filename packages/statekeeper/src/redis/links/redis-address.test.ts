import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parseRedisUrl } from "./redis-address.ts";

const a = { host: "a", port: 6379 };

describe("the URL of a single Redis", () => {
  it.each([
    ["redis://a", { host: "a", port: 6379, db: 0 }, "redis://a:6379"],
    ["redis://me:s%40cret@a:1/2", { ...a, port: 1, db: 2, username: "me", password: "s@cret" }, "redis://a:1/2"],
    ["redis://:p%3Aq@a", { ...a, db: 0, password: "p:q" }, "redis://a:6379"],
    ["redis://[::1]:7", { host: "::1", port: 7, db: 0 }, "redis://[::1]:7"],
    ["rediss://a", { ...a, db: 0, tls: { servername: "a" } }, "rediss://a:6379"],
    ["rediss://127.0.0.1", { ...a, host: "127.0.0.1", db: 0, tls: {} }, "rediss://127.0.0.1:6379"],
    ["unix:///a%20b?password=p&db=3", { path: "/a b", password: "p", db: 3 }, "unix:///a%20b"],
  ])("%s", (url, options, shown) => {
    expect(parseRedisUrl(url)).toEqual({ options, shown });
  });
});

describe("the URL of a Cluster", () => {
  it.each([
    ["redis+cluster://a", {}, [a], "redis+cluster://a"],
    [
      "redis-cluster://a:1,b/",
      {},
      [
        { ...a, port: 1 },
        { ...a, host: "b" },
      ],
      "redis+cluster://a:1,b/",
    ],
    ["redis+cluster://[::1]:7,a", {}, [{ host: "::1", port: 7 }, a], "redis+cluster://[::1]:7,a"],
    ["rediss+cluster://a/0", { tls: {} }, [a], "rediss+cluster://a/0"],
    ["redis+cluster://me:p%2C@a", { username: "me", password: "p," }, [a], "redis+cluster://a"],
  ])("%s", (url, options, clusterNodes, shown) => {
    expect(parseRedisUrl(url)).toEqual({ options, clusterNodes, shown });
  });
});

describe("the URL of Sentinels", () => {
  const sentinels = [{ host: "a", port: 26_379 }];
  it.each([
    ["redis+sentinel://a/prime", { name: "prime", db: 0, sentinels }],
    [
      "redis-sentinel://a:5,b/p%2Fq/2",
      {
        name: "p/q",
        db: 2,
        sentinels: [
          { host: "a", port: 5 },
          { ...sentinels[0], host: "b" },
        ],
      },
    ],
    ["redis+sentinel://:secret@a/prime", { name: "prime", db: 0, sentinels, password: "secret" }],
    [
      "redis+sentinel://a/prime?sentinel_username=me&sentinel_password=s%26",
      { name: "prime", db: 0, sentinels, sentinelUsername: "me", sentinelPassword: "s&" },
    ],
    [
      "rediss+sentinel://a/prime",
      { name: "prime", db: 0, sentinels, tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true },
    ],
  ])("%s", (url, options) => {
    expect(parseRedisUrl(url).options).toEqual({
      ...{ ...options, sentinelCommandTimeout: 2_000 },
      sentinelRetryStrategy: expect.any(Function) as unknown,
    });
  });

  it("is shown without passwords", () => {
    const { shown } = parseRedisUrl("redis+sentinel://me:hush@a,b/prime/1?sentinel_password=hush");
    expect(shown).toBe("redis+sentinel://a,b/prime/1");
  });
});

describe("what is not the URL of a Redis", () => {
  it.each([
    "localhost:6379",
    "http://a",
    "redis://a/x",
    "redis://a:70000",
    "redis://%zz@a",
    "redis+cluster://",
    "redis+cluster://a,,b",
    "redis+cluster://a:x",
    "redis+cluster://a:70000",
    "redis+cluster://a/1",
    "redis+cluster://%zz@a",
    "redis+sentinel://a",
    "redis+sentinel://a/prime/x",
    "redis+sentinel://a/prime/1/2",
    "redis+other://a",
    "unix://a?db=x",
  ])("%s", (url) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  it.each([
    "redis+cluster://me:hush@a:x",
    "redis://u:ab/hush@a:1",
    "redis://u:12/hush@a:1",
    "redis://u:ab?hush@a:1",
    "redis://u:12?hush@a:1",
    "redis://:ab#hush@a:1",
    "redis://u#hush@a:1",
    "redis://me:100%hush@a",
    'redis://me:ab"hush/x@a',
    "redis+cluster://u:ab/hush@a,b",
    "redis+cluster://u:12?hush@a,b",
    "redis+sentinel://u:12/hush@a,b",
    "redis+sentinel://u:1@2@hush,b/prime",
    "redis+sentinel://a?sentinel_password=hush",
    "redis+sentinel://a/prime?password=hush",
    "unix:?password=hush",
    "unix:///redis.sock?password=hush&db=zz",
    "unix:///redis.sock?passwort=hush",
    "redis:u:hush@a",
    "redis://:hush",
    "u:hush@a:1",
    ":hush@a:1",
    "hush",
  ])("%s is refused without a part that may be the password, and with how to write one", (url) => {
    let refusal: unknown;
    try {
      parseRedisUrl(url);
    } catch (error) {
      refusal = error;
    }
    expect(inspect(refusal)).not.toContain("hush");
    expect(refusal).toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining("/ as %2F") });
  });

  it("is shown where it holds no login", () => {
    expect(() => parseRedisUrl("http://a:1")).toThrow('"http://a:1" is not the URL of a Redis');
  });
});
