/** Facts of what bridges see of a pool: what waits, what its members want, and where a request is. */
import { expect, it } from "vitest";
import { carryNames, messagesTo, setBridges } from "./bridge-stage.ts";
import { claimNames, idOf, joinBridge, joinWorkers, type SetStage, submitByClient, submitByWorker } from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const c = idOf("c");

export function lookingFacts(setStage: SetStage): void {
  it("a look reports what waits, and what the volunteers ask for, besides the one that looks", async () => {
    const stage = await setBridges(setStage);
    await claimNames(stage.pool, "w1", { volunteerFor: 2 });
    await carryNames(stage, "b1", "next", { volunteerFor: 3 });
    await carryNames(stage, "b2", "ahead", { volunteerFor: 4 });
    expect(await stage.pool.look("d1")).toEqual({ queued: 0, wanted: 5, wantedAhead: 4, claimed: 0 });
    expect(await stage.pool.look("b1")).toEqual({ queued: 0, wanted: 2, wantedAhead: 4, claimed: 0 });
    await stage.pool.leave("w1");
    await stage.pool.leave("b1");
    await stage.pool.leave("b2");
    await submitByClient(stage.pool, "c1", "a", "b", "c");
    await joinWorkers(stage.pool, "w2");
    await claimNames(stage.pool, "w2", { max: 1 });
    expect(await stage.pool.look("d1")).toEqual({ queued: 2, wanted: 0, wantedAhead: 0, claimed: 1 });
  });

  it("who has looked is called when a member volunteers, or volunteers for more, and not again until the next look", async () => {
    const stage = await setBridges(setStage);
    await expectChanges(stage, () => stage.pool.look("b1"), { lookers: ["b1"] });
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toEqual([{ kind: "look" }]);
    await claimNames(stage.pool, "b2", { reach: "next", volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toHaveLength(1);
    await stage.pool.look("b1");
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toHaveLength(1);
    await claimNames(stage.pool, "w1", { volunteerFor: 2 });
    expect(await messagesTo(stage, "b1")).toHaveLength(2);
  });

  it("who has looked is called when a bridge that volunteered ahead of need volunteers for members that idle", async () => {
    const stage = await setBridges(setStage);
    await carryNames(stage, "b2", "ahead", { volunteerFor: 1 });
    await stage.pool.look("b1");
    await carryNames(stage, "b2", "ahead", { volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toEqual([]);
    await carryNames(stage, "b2", "next", { volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toEqual([{ kind: "look" }]);
    await stage.pool.look("b1");
    await carryNames(stage, "b2", "ahead", { volunteerFor: 1 });
    expect(await messagesTo(stage, "b1")).toHaveLength(1);
  });

  it("a bridge that volunteers is not called for that, and one that has left is not called at all", async () => {
    const stage = await setBridges(setStage);
    await stage.pool.look("b1");
    await stage.pool.look("b2");
    await stage.pool.leave("b2");
    await carryNames(stage, "b1", "next", { volunteerFor: 1 });
    expect((await stage.dump()).lookers).toEqual(["b1"]);
    expect((await stage.dump()).inboxes).toEqual({});
  });

  it("a request is located on a queue, at its worker, or nowhere", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a", "b");
    await claimNames(stage.pool, "w1", { max: 1 });
    const places = await expectNoChange(stage, () => stage.pool.locate([c, a, b]));
    expect(places).toEqual(["unknown", "claimed", "queued"]);
    expect(await stage.pool.locate([])).toEqual([]);
  });

  it("what is claimed is awaited where a worker of the pool waits for it, and not where bridges and clients do", async () => {
    const stage = await setBridges(setStage);
    await joinBridge(stage.pool, "b3");
    await submitByClient(stage.pool, "c1", "a", "b");
    await submitByWorker(stage.pool, "b3", "a");
    await submitByWorker(stage.pool, "w1", "b");
    await claimNames(stage.pool, "b1", { reach: "next" });
    await claimNames(stage.pool, "w1");
    expect(await stage.pool.locate([a, b])).toEqual(["claimed", "awaited"]);
  });
}
