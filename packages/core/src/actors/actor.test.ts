import { expect, it } from "vitest";
import { Actor } from "./actor.ts";

class Recorder extends Actor {
  readonly steps: string[] = [];
  readonly #problem: Error | undefined;

  constructor(problem?: Error) {
    super();
    this.#problem = problem;
  }

  protected override async begin(): Promise<void> {
    this.steps.push("begins");
    await Promise.resolve();
    if (this.#problem !== undefined) throw this.#problem;
    this.steps.push(this.isStopped ? "begun while stopping" : "begun");
  }

  protected override async end(): Promise<void> {
    this.steps.push(this.isStopped ? "ends" : "ends unstopped");
    await Promise.resolve();
    this.steps.push("ended");
  }
}

it("starts once and stops once, however often it is asked to", async () => {
  const actor = new Recorder();
  await Promise.all([actor.start(), actor.start()]);
  await actor.start();
  expect(actor.isStopped).toBe(false);
  await Promise.all([actor.stop(), actor.stop()]);
  await actor.stop();
  expect(actor.steps).toEqual(["begins", "begun", "ends", "ended"]);
});

it("begins and ends before the calls return", () => {
  const actor = new Recorder();
  void actor.start();
  void actor.stop();
  expect(actor.isStopped).toBe(true);
  expect(actor.steps).toEqual(["begins", "ends"]);
});

it("does not start once it is stopped", async () => {
  const actor = new Recorder();
  await actor.stop();
  await actor.start();
  expect(actor.steps).toEqual(["ends", "ended"]);
});

it("is stopped also where its start has failed", async () => {
  const actor = new Recorder(new Error("odd"));
  await expect(actor.start()).rejects.toThrow("odd");
  await expect(actor.start()).rejects.toThrow("odd");
  await actor.stop();
  expect(actor.steps).toEqual(["begins", "ends", "ended"]);
});

it("rejects every stop as the first one", async () => {
  class Failing extends Recorder {
    protected override async end(): Promise<void> {
      throw new Error("odd end");
    }
  }
  const actor = new Failing();
  await expect(actor.stop()).rejects.toThrow("odd end");
  await expect(actor.stop()).rejects.toThrow("odd end");
});
