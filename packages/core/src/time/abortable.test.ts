import { expect, it } from "vitest";
import { abortable } from "./abortable.ts";

const never = new Promise<never>(() => undefined);

it("passes on the outcome of the promise", async () => {
  const { signal } = new AbortController();
  expect(await abortable(signal, Promise.resolve("value"))).toBe("value");
  await expect(abortable(signal, Promise.reject(new Error("odd")))).rejects.toThrow("odd");
});

it("rejects with the reason as soon as the signal is aborted, or with what is made of it", async () => {
  const controller = new AbortController();
  const waits = [
    abortable(controller.signal, never),
    abortable(controller.signal, never, (reason) => new Error("interrupted", { cause: reason })),
  ];
  controller.abort("enough");
  const results = await Promise.allSettled(waits);
  expect(results.map((result) => "reason" in result && result.reason)).toEqual([
    "enough",
    new Error("interrupted", { cause: "enough" }),
  ]);
});

it("rejects at once if the signal was aborted before, and ignores what is rejected later", async () => {
  await expect(abortable(AbortSignal.abort("enough"), Promise.reject(new Error("odd")))).rejects.toBe("enough");
});
