/**
 * Goes before each test file that shares its process with others: what a file defined, declared or replaced, and the modules that
 * vitest loaded for it, are not there for the next. What Node itself has loaded stays (built packages, and fixtures), with what
 * callgrid remembers of those modules, since they would not be evaluated again.
 */
import { allDefinitions } from "@callgrid/core";
import { afterAll, vi } from "vitest";

/** Global state of a file's own: its sweeps, what has been logged once, and folders that a worker or runner has left limited. */
const ownKeys = ["callgrid.sweeps", "callgrid.logged-modules", "callgrid.data-folders"].map((key) => Symbol.for(key));

afterAll(() => {
  allDefinitions().length = 0;
  for (const key of ownKeys) Reflect.deleteProperty(globalThis, key);
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.resetModules();
});
