/** What a command loads before it does anything: a start should take no longer than what is needed takes to load. */
import { expect, it } from "vitest";
import { runCommand } from "../harness/command.ts";

/** Tells on stderr, when the process ends, whether it has loaded the Redis client. */
const tell = `
  import { createRequire } from "node:module";
  const isRedis = (path) => path.includes("ioredis");
  process.on("exit", () => process.stderr.write(String(Object.keys(createRequire("file:///x").cache).some(isRedis))));`;
const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}` };

it.each([
  ["logs", "false"],
  ["status", "true"],
])("%s loads the Redis client: %s", async (command, isLoaded) => {
  const { exitCode, stdout, stderr } = await runCommand([command, "--help"], { env });
  expect([exitCode, stderr]).toEqual([0, isLoaded]);
  expect(stdout).toContain(`callgrid ${command}`);
});
