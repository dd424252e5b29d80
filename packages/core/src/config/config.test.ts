import { expect, test } from "vitest";
import { Config } from "./config.ts";

const config = new Config({
  title: "run",
  model: { rate: 0.5, steps: 10, isFast: true, sizes: [1, 2], pause: "5s", memory: "64MiB", noise: { level: 1 } },
});
const model = config.section("model");

test("getters return values of their types", () => {
  expect(config.text("title")).toBe("run");
  expect(model.number("rate")).toBe(0.5);
  expect(model.integer("steps")).toBe(10);
  expect(model.boolean("isFast")).toBe(true);
  expect(model.list("sizes")).toEqual([1, 2]);
  expect(model.duration("pause")).toBe(5_000);
  expect(model.duration("steps")).toBe(10);
  expect(model.bytes("memory")).toBe(67_108_864);
  expect(model.section("noise").number("level")).toBe(1);
});

test.each<[string, () => unknown]>([
  ["the configuration has no section [modle]; did you mean model?", () => config.section("modle")],
  ["the configuration has no section [model.nose]; did you mean noise?", () => model.section("nose")],
  ["section [model] of the configuration has no key rat; did you mean rate?", () => model.number("rat")],
  ["the configuration has no key seed", () => config.integer("seed")],
  ['the configuration, key title: expected a section, got "run"', () => config.section("title")],
  ["section [model] of the configuration, key rate: expected a whole number, got 0.5", () => model.integer("rate")],
  ["section [model] of the configuration, key rate: expected a text, got 0.5", () => model.text("rate")],
  ["key pause: expected true or false", () => model.boolean("pause")],
  ["key sizes: expected a number, got a list", () => model.number("sizes")],
  ["key noise: expected a list of texts, numbers or booleans, got an object", () => model.list("noise")],
  ["key memory: expected a duration such as 500ms, 5s, 2m, 1h or 7d", () => model.duration("memory")],
  ["key pause: expected a size such as 4096, 64KiB, 64MiB or 1GiB", () => model.bytes("pause")],
  ["section [model.noise] of the configuration has no key toString", () => model.section("noise").text("toString")],
])("a getter refuses: %s", (message, get) => {
  expect(get).toThrow(message);
});
