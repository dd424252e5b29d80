/**
 * Capacity that follows the work, in virtual time: the real distributor, hosts, supervisors and workers on the memory statekeeper.
 * Only what a process would be is a worker in this one.
 */
import { define, VirtualClock } from "@callgrid/core";
import { startDistributor } from "@callgrid/distributor";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import {
  Host,
  type LaunchedWorker,
  type Launcher,
  type ProcessEnd,
  type RunningWorker,
  Supervisor,
  startWorker,
} from "@callgrid/worker";
import { pino } from "pino";
import { expect, it } from "vitest";

it.todo("x");
