import { describe, expect, it } from "vitest";
import { define } from "./define.ts";
import { type Capabilities, type Needs, unmetNeeds } from "./needs.ts";

const usual: Capabilities = { tags: ["gpu", "eu"], memoryMb: 4_000, cpus: 4, score: 1 };

it.each<[string, Needs, string[]]>([
  ["needs nothing", {}, []],
  ["needs a tag that is there", { tag: "gpu" }, []],
  ["needs several tags that are there", { tag: ["gpu", "eu"] }, []],
  ["needs a tag that is not there", { tag: "tpu" }, ["tag tpu"]],
  ["needs a tag that only begins like one", { tag: "gp" }, ["tag gp"]],
  ["needs just the memory that there is", { memoryMb: 4_000 }, []],
  ["needs more memory", { memoryMb: 4_001 }, ["memoryMb 4001 (has 4000)"]],
  ["needs more processors", { cpus: 5 }, ["cpus 5 (has 4)"]],
  ["needs a faster worker", { score: 1.5 }, ["score 1.5 (has 1)"]],
  ["needs much", { tag: ["eu", "tpu"], cpus: 8, score: 0.5 }, ["tag tpu", "cpus 8 (has 4)"]],
])("a function that %s", (_, needs, unmet) => {
  expect(unmetNeeds(needs, usual)).toEqual(unmet);
});

describe("needs that cannot be", () => {
  it.each<[string, object, RegExp]>([
    ["an unknown need", { memory: 5 }, /^define\("needy"\)\.needs\.memory is not an option; did you mean memoryMb\?$/],
    [
      "a need that resembles none",
      { disk: 5 },
      /needs\.disk is not an option; the options are tag, memoryMb, cpus, score$/,
    ],
    ["a tag with a blank", { tag: "big gpu" }, /needs\.tag must be a tag .* a tag is/],
    ["a tag that is not text", { tag: 5 }, /needs\.tag must be a tag or a list of tags/],
    ["a list of tags with a hole", { tag: new Array(1) }, /needs\.tag must be a tag or a list of tags/],
    [
      "a need that is not an object",
      5 as unknown as object,
      /^define\("needy"\)\.needs takes its options as an object, got 5$/,
    ],
    ["no amount", { cpus: 0 }, /needs\.cpus must be a number above 0, got 0/],
    ["an amount in words", { memoryMb: "4gb" }, /memoryMb must be a number above 0, got "4gb"/],
  ])("%s is refused where the function is defined", (_, needs, message) => {
    const defining = () => define("needy", { needs }, () => 1);
    expect(defining).toThrow(message);
    expect(defining).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
