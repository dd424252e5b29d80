/**
 * The one Redis server that all tests of a run share, on a unix socket of its own: `inject("redisUrl")` names it.
 * Tests keep apart by grid name, never by flushing. A test that needs to stop or break Redis starts its own RedisServer.
 */
import type { TestProject } from "vitest/node";
import { RedisServer } from "./redis-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `unix:///…/redis.sock` of the shared server. */
    redisUrl: string;
  }
}

/** Blocking commands and script flags that the statekeeper relies on exist from here. */
const oldestMajor = 7;

export default async function startSharedRedis(project: TestProject): Promise<() => Promise<void>> {
  const server = await RedisServer.start();
  if (Number.parseInt(server.version, 10) < oldestMajor) {
    await server.stop();
    throw new Error(`The tests need redis-server ${oldestMajor} or later, and the one on PATH is ${server.version}`);
  }
  project.provide("redisUrl", server.url);
  return () => server.stop();
}
