import { expect, it } from "vitest";
import { withoutSecrets } from "./log-redaction.ts";

it.each([
  ["redis://user:pass@host:1/0 is away", "redis://[secret]@host:1/0 is away"],
  ["from rediss://:pass@host to redis://u@other", "from rediss://[secret]@host to redis://[secret]@other"],
  ["redis://host:6379 and me@example.org", "redis://host:6379 and me@example.org"],
  ['{"url":"redis://u:p@h"}', '{"url":"redis://[secret]@h"}'],
  ["https://user:p@ss@host/a@b", "https://[secret]@host/a@b"],
  ["redis://:ab/pass@host:1 is away", "redis://[secret]@host:1 is away"],
  ["redis+cluster://u:ab?pass#@h1,h2", "redis+cluster://[secret]@h1,h2"],
  ["redis:u:pass@host", "redis:[secret]@host"],
  ['{"url":"redis://u:ab\\"pass/@h","mail":"x@y"}', '{"url":"redis://[secret]@h","mail":"x@y"}'],
  ['{"url":"redis://h:6379","mail":"x@y"}', '{"url":"redis://h:6379","mail":"x@y"}'],
  ["unix:///redis.sock?password=pass&db=2", "unix:///redis.sock?password=[secret]&db=2"],
  ["redis+sentinel://h/primary?sentinel_password=pass", "redis+sentinel://h/primary?sentinel_password=[secret]"],
  ["CALLGRID_URL=u:pass@host HOME=/home/me", "CALLGRID_URL=[secret]@host HOME=/home/me"],
  ["REDIS_PASSWORD=pass REDISCLI_AUTH=pass", "REDIS_PASSWORD=[secret] REDISCLI_AUTH=[secret]"],
  ["at file:///app/node_modules/@callgrid/core/x.js:1:2", "at file:///app/node_modules/@callgrid/core/x.js:1:2"],
  ["at file:///app/.pnpm/pino@9.1.0/x.js:1:2", "at file:///app/.pnpm/pino@9.1.0/x.js:1:2"],
])("%s", (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});
