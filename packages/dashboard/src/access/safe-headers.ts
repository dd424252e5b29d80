/** Headers of every answer: nothing but the page's own files runs, is framed, or is asked for; nothing is kept. */
import type { MiddlewareHandler } from "hono";

const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers: ReadonlyArray<readonly [name: string, value: string]> = [
  ["content-security-policy", contentPolicy],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
  ["cross-origin-opener-policy", "same-origin"],
  ["cross-origin-resource-policy", "same-origin"],
  ["cache-control", "no-store"],
];

export const safeHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of headers) context.res.headers.set(name, value);
};
