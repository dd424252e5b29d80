import { expect, test } from "vitest";
import { digestFromHex, digestOf, digestText } from "./digest.ts";

test("a digest is the SHA-256 of its texts, one a line", () => {
  // printf 'a\nb\n' | sha256sum
  expect(digestOf(["a", "b"]).hex).toBe("911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2");
});

test("four words stand for the first four bytes", () => {
  expect(digestFromHex("00010203ff".padEnd(64, "0")).words).toBe("acorn-agate-alder-amber");
  expect(digestFromHex("ff000000".padEnd(64, "0")).words).toBe("shell-acorn-acorn-acorn");
});

test("each byte has a word of its own", () => {
  const words = Array.from({ length: 256 }, (_, byte) => {
    const hex = byte.toString(16).padStart(2, "0").padEnd(64, "0");
    return digestFromHex(hex).words.split("-")[0];
  });
  expect(new Set(words).size).toBe(256);
  expect(words.every((word) => /^[a-z]{3,8}$/.test(word ?? ""))).toBe(true);
});

test("people see the words and sixteen digits", () => {
  expect(digestText(digestFromHex("000102030405060708".padEnd(64, "0")))).toBe(
    "acorn-agate-alder-amber 0001020304050607",
  );
});
