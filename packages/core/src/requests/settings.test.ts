import { expect, test } from "vitest";
import { withoutSettingsText } from "../text/settings-text.ts";
import { decodeRequest, encodeRequest } from "./request.ts";
import { takeSettings, withSettings } from "./settings.ts";

const settings = { config: { model: { rate: 0.5 } }, seed: 7 };

test("settings travel with a request, and are taken off its arguments", () => {
  const { payload } = encodeRequest(withSettings(["simulate", 1, { a: 2 }], settings));
  const args = decodeRequest(payload).slice(1);
  expect(takeSettings(args)).toEqual(settings);
  expect(args).toEqual([1, { a: 2 }]);
  expect(takeSettings(args)).toBeUndefined();
});

test("requests with other settings are other requests", () => {
  const ids = [settings, { ...settings, seed: 8 }, { ...settings, config: {} }].map(
    (each) => encodeRequest(withSettings(["simulate", 1], each)).canonical,
  );
  expect(new Set(ids).size).toBe(3);
});

test("people see a request without its settings", () => {
  const { payload } = encodeRequest(withSettings(["simulate", ',{"callgrid.settings":1}'], settings));
  expect(withoutSettingsText(payload)).toBe(encodeRequest(["simulate", ',{"callgrid.settings":1}']).payload);
  expect(withoutSettingsText('["simulate",1]')).toBe('["simulate",1]');
});
