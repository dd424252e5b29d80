/**
 * When a kept value is used after a deployment: the table in docs/guides/code-versions.md by what changed, how it is called, and how workers load
 * it. Each deployment is a folder of its own, and its versions are those of its files.
 */
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { type Grid, GridClient } from "@callgrid/client";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { type RunningWorker, startWorker } from "callgrid";
import { expect, inject, it, onTestFinished } from "vitest";
import {
  deploy,
  edited,
  endingOf,
  type LoadForm,
  loadForms,
  type Modules,
  projectModules,
} from "../harness/function-project.ts";

const callers = ["byReference", "byName", "asFunction"] as const;
const canStrip = typeof Reflect.get(process.features, "typescript") === "string";
const loads = loadForms.filter((load) => load !== "TypeScript by Node" || canStrip);

/** One pool on Redis, whose current code is that of the last deployment. */
interface Values {
  readonly kept: readonly string[];
  readonly changed: readonly string[];
}

class Deployments {
  readonly #statekeeper: Statekeeper;
  readonly #grid: Grid;
  readonly #workers: RunningWorker[] = [];

  private constructor(statekeeper: Statekeeper) {
    this.#statekeeper = statekeeper;
    this.#grid = new GridClient({ statekeeper });
    onTestFinished(async () => {
      await Promise.all(this.#workers.map((worker) => worker.stop()));
      await this.#grid.close();
      await statekeeper.close();
    });
  }

  static async open(): Promise<Deployments> {
    return new Deployments(await openStatekeeper(inject("redisUrl"), { grid: randomUUID() }));
  }

  /** Has a worker with these modules; returns whose values were kept ones, and which files are the reason for the others. */
  async values(modules: Modules, load: LoadForm): Promise<Values> {
    this.#workers.push(await this.#work(deploy(modules, load), load));
    const kept: string[] = [];
    const changed = new Set<string>();
    for (const caller of callers) {
      const { use, code } = await this.#grid.cache.explain("pool", [caller, 7]);
      const isKept = await this.#isKept(caller);
      expect(use === "used").toBe(isKept);
      if (isKept) kept.push(caller);
      for (const { changedFiles } of code) for (const file of changedFiles) changed.add(file);
    }
    return { kept, changed: [...changed].sort() };
  }

  #work(path: string, load: LoadForm): Promise<RunningWorker> {
    // as a program loads its own modules: not by way of vitest
    const functions = load === "functions that the program hands over" ? (createRequire(path)(path) as object) : path;
    return startWorker({ pool: "pool", functions, statekeeper: this.#statekeeper });
  }

  /** A function that is evaluated asks for values of others, and then more than one request is submitted. */
  async #isKept(caller: string): Promise<boolean> {
    const before = (await this.#grid.status("pool")).counters;
    await this.#grid.enqueue("pool", [caller, 7]);
    const after = (await this.#grid.status("pool")).counters;
    return after["hits"] === (before["hits"] ?? 0) + 1 && after["submitted"] === (before["submitted"] ?? 0) + 1;
  }
}

it.each(loads)(
  "workers that load %s use kept values of functions that a deployment left as they were, and the files are named that it changed",
  async (load) => {
    const deployments = await Deployments.open();
    let modules = projectModules;
    const after = (name: string): Promise<Values> => {
      modules = edited(modules, name);
      return deployments.values(modules, load);
    };
    const changed = (name: string, ...kept: readonly string[]): Values => ({ kept, changed: [name + endingOf(load)] });
    const all: Values = { kept: callers, changed: [] };
    expect(await deployments.values(modules, load)).toEqual({ kept: [], changed: [] });
    expect({
      "nothing, in another folder": await deployments.values(modules, load),
      "a function that takes no part": await after("other"),
      "one of the callers": await after("byName"),
      "the function that they call": await after("price"),
      "a module that it imports": await after("rate"),
      "a function that it calls by name": await after("tax"),
      "a module that exports functions of others": await after("functions"),
    }).toEqual({
      "nothing, in another folder": all,
      "a function that takes no part": all,
      "one of the callers": changed("byName", "byReference", "asFunction"),
      "the function that they call": changed("price"),
      "a module that it imports": changed("rate"),
      "a function that it calls by name": changed("tax"),
      "a module that exports functions of others": all,
    });
  },
);

const [javaScript, tsx, , mapped, compiled, handedOver] = loadForms;

it.each<readonly [from: LoadForm, to: LoadForm, isUsed: boolean]>([
  [javaScript, compiled, true],
  [compiled, handedOver, true],
  [mapped, compiled, false],
])("kept values of workers that load %s are used by workers that load %s: %s", async (from, to, isUsed) => {
  const deployments = await Deployments.open();
  await deployments.values(projectModules, from);
  expect((await deployments.values(projectModules, to)).kept).toEqual(isUsed ? callers : []);
});

it("kept values of workers that load TypeScript are used by workers that load what was compiled of it, if the map has the source", async () => {
  const deployments = await Deployments.open();
  await deployments.values(projectModules, canStrip ? "TypeScript by Node" : tsx);
  expect((await deployments.values(projectModules, mapped)).kept).toEqual(callers);
  expect((await deployments.values(projectModules, compiled)).kept).toEqual([]);
});
