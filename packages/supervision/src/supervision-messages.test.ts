import { expect, it } from "vitest";
import { readWorkerMessage } from "./supervision-messages.ts";

it.each([
  { kind: "joined", id: "pool/a" },
  { kind: "joined", id: "pool/gpu-1", instance: "one" },
  { kind: "memory", rssBytes: 1 },
  { kind: "refused", code: "INVALID_MODULE", message: "no module" },
])("$kind is read as it was sent", (message) => {
  expect(readWorkerMessage(message)).toEqual(message);
});

it.each([
  undefined,
  null,
  "joined",
  {},
  { kind: "other" },
  { kind: "joined" },
  { kind: "refused", code: "NO_CODE", message: "" },
])("what a function sent over the channel is not a message: %j", (message) => {
  expect(readWorkerMessage(message)).toBeUndefined();
});
