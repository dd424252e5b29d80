import { expect, it } from "vitest";
import { WholeLines } from "./whole-lines.ts";

it("lines of two processes on one stream stay whole, however they arrive", () => {
  const passed: string[] = [];
  const [one, other] = [new WholeLines((lines) => passed.push(lines)), new WholeLines((lines) => passed.push(lines))];
  one.add("first li");
  other.add("a\nb");
  one.add("ne\nsecond\nthi");
  other.end();
  one.add("rd");
  one.end();
  one.end();
  expect(passed).toEqual(["a\n", "first line\nsecond\n", "b\n", "third\n"]);
});
