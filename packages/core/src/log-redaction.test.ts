import { expect, it } from "vitest";
import { withoutSecrets } from "./log-redaction.ts";

it.each([
  ["redis://user:pass@host:1/0 is away", "redis://[secret]@host:1/0 is away"],
  ["from rediss://:pass@host to redis://u@other", "from rediss://[secret]@host to redis://[secret]@other"],
  ["redis://host:6379 and me@example.org", "redis://host:6379 and me@example.org"],
  ['{"url":"redis://u:p@h"}', '{"url":"redis://[secret]@h"}'],
])("%s", (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});
