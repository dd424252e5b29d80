import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { unpacked } from "./unpacked.ts";

/** What is read of these bytes, in chunks of one size, and what it ends with. */
async function read(bytes: Buffer, chunkBytes = bytes.length): Promise<readonly [text: string, error: string]> {
  async function* chunks(): AsyncGenerator<Uint8Array, undefined> {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const read: Uint8Array[] = [];
  try {
    for await (const piece of unpacked(chunks())) read.push(piece);
    return [Buffer.concat(read).toString(), ""];
  } catch (error) {
    return [Buffer.concat(read).toString(), (error as Error).message];
  }
}

const one = gzipSync("one\n");
const two = gzipSync("two\n");
const zeros = Buffer.alloc(1_000);

/** With a name, a comment, an extra field and a check of its header. */
const decorated = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 3, 0, 7, 7, 7]),
  Buffer.from("name\0comment\0"),
  Buffer.from([1, 2]),
  one.subarray(10),
]);

it.each<[what: string, bytes: Buffer, text: string, error: string]>([
  ["text", Buffer.from("plain\n"), "plain\n", ""],
  ["nothing", Buffer.alloc(0), "", ""],
  ["one byte that a member might begin with", Buffer.from([0x1f]), "\x1f", ""],
  ["one member", one, "one\n", ""],
  ["a member of nothing", gzipSync(""), "", ""],
  ["a member with all that a header may have", decorated, "one\n", ""],
  ["several members", Buffer.concat([one, two, one]), "one\ntwo\none\n", ""],
  ["zeros behind a member", Buffer.concat([one, zeros]), "one\n", ""],
  ["text behind a member", Buffer.concat([one, two, Buffer.from("three\n")]), "one\ntwo\nthree\n", ""],
  ["text behind zeros", Buffer.concat([one, zeros, Buffer.from("two\n")]), "one\ntwo\n", ""],
  ["the begin of a member behind one", Buffer.concat([one, two.subarray(0, 5)]), "one\n", "unexpected end of file"],
  ["a member that was cut short", Buffer.concat([one, two.subarray(0, -10)]), "one\n", "unexpected end of file"],
  ["a member without its check", one.subarray(0, -8), "one\n", "unexpected end of file"],
  [
    "a member whose check is wrong",
    Buffer.concat([one.subarray(0, -8), zeros.subarray(0, 8)]),
    "one\n",
    "incorrect data check",
  ],
  [
    "a member that is damaged",
    Buffer.concat([one, two.subarray(0, 10), zeros.fill(0xff)]),
    "one\n",
    "invalid block type",
  ],
])("of %s all is read that is there", async (_, bytes, text, error) => {
  for (const chunkBytes of [Math.max(1, bytes.length), 1, 7]) {
    const [read_, wrong] = await read(bytes, chunkBytes);
    expect([read_.startsWith(text), read_.length >= text.length, wrong], `in chunks of ${chunkBytes}`).toEqual([
      true,
      true,
      error,
    ]);
  }
});

it("a large member is read in full, whatever the chunks", async () => {
  const text = Array.from({ length: 50_000 }, (_, line) => `line ${line * 7919}\n`).join("");
  const bytes = Buffer.concat([gzipSync(text), Buffer.from("end\n")]);
  expect(await read(bytes, 65_536)).toEqual([`${text}end\n`, ""]);
  expect(await read(bytes, 1_000)).toEqual([`${text}end\n`, ""]);
});
