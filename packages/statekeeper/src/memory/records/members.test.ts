import { describe, expect, it } from "vitest";
import { Members } from "./members.ts";

function membersOf(...ids: readonly string[]): Members {
  const members = new Members();
  for (const id of ids) members.set({ id, kind: "worker", description: {}, functions: new Map() });
  return members;
}

describe("a sample of members", () => {
  it("is all of them where they are few", () => {
    expect(membersOf("a", "b", "c").sample(3)).toEqual(["a", "b", "c"]);
  });

  it("goes around, so that everybody has their turn", () => {
    const members = membersOf("a", "b", "c", "d", "e");
    expect([members.sample(2), members.sample(2), members.sample(2)]).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e", "a"],
    ]);
  });

  it("leaves out who was taken out", () => {
    const members = membersOf("a", "b", "c", "d");
    members.delete("b");
    members.delete("d");
    expect([...members.sample(9)].sort()).toEqual(["a", "c"]);
    expect([members.has("b"), members.has("c"), members.size]).toEqual([false, true, 2]);
  });
});
