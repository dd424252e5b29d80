/**
 * The Redis servers that all tests of a run share, each on a unix socket of its own. Tests keep apart by grid name, never by
 * flushing. A test that needs to stop or break Redis starts its own RedisServer.
 */
import type { TestProject } from "vitest/node";
import { RedisServer } from "./redis-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `unix:///…/redis.sock` of the shared server. */
    redisUrl: string;
    /** The same of one for tests that read whole states key by key: they remove their keys, so that it stays small and quick. */
    smallRedisUrl: string;
  }
}

/** Blocking commands and script flags that the statekeeper relies on exist from here. */
const oldestMajor = 7;

export default async function startSharedRedis(project: TestProject): Promise<() => Promise<void>> {
  const [server, small] = await Promise.all([RedisServer.start(), RedisServer.start()]);
  const stop = async (): Promise<void> => {
    await Promise.all([server.stop(), small.stop()]);
  };
  if (Number.parseInt(server.version, 10) < oldestMajor) {
    await stop();
    throw new Error(`The tests need redis-server ${oldestMajor} or later, and this one is ${server.version}`);
  }
  project.provide("redisUrl", server.url);
  project.provide("smallRedisUrl", small.url);
  return stop;
}
