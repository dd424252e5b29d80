/**
 * Reads what may be compressed with gzip, member by member: of a file that was cut short, all is read that is there, and so is what
 * follows the last member. Node's own reader of several members gives up what it has unpacked when such bytes follow.
 */
import { once } from "node:events";
import { crc32, createInflateRaw } from "node:zlib";
import type { TextChunks } from "@callgrid/core";
import { ByteFeed } from "./byte-feed.ts";

/** Of a member, with the one method of compression that there is. */
const magic = Buffer.from([0x1f, 0x8b, 8]);
const fixedBytes = 10;
const trailerBytes = 8;
const [hasHeaderCheck, hasExtra, hasName, hasComment] = [2, 4, 8, 16];

/** The bytes of a stream, unpacked if they are gzip's; throws at the place where what is compressed breaks off. */
export async function* unpacked(chunks: TextChunks): AsyncGenerator<Uint8Array, undefined> {
  const feed = new ByteFeed(chunks);
  let members = 0;
  for (; await feed.begins(magic); members += 1) yield* memberOf(feed);
  // files are padded with zeros, as on tapes
  if (members > 0) await feed.skip(0);
  for (let bytes = await feed.take(); bytes !== undefined; bytes = await feed.take()) yield bytes;
}

async function* memberOf(feed: ByteFeed): AsyncGenerator<Uint8Array, undefined> {
  await skipHeader(feed);
  let check = 0;
  for await (const bytes of inflated(feed)) {
    check = crc32(bytes, check);
    yield bytes;
  }
  const trailer = await feed.takeExactly(trailerBytes);
  if (trailer.readUInt32LE(0) !== check) throw new Error("incorrect data check");
}

/** See RFC 1952, section 2.3. */
async function skipHeader(feed: ByteFeed): Promise<void> {
  const flags = (await feed.takeExactly(fixedBytes)).readUInt8(3);
  if (flags & hasExtra) await feed.takeExactly((await feed.takeExactly(2)).readUInt16LE(0));
  for (const text of [hasName, hasComment]) if (flags & text) while ((await feed.takeExactly(1))[0] !== 0);
  if (flags & hasHeaderCheck) await feed.takeExactly(2);
}

/** Hands over the text of each part of the input before it reports that the next one is damaged; gives back what follows. */
async function* inflated(feed: ByteFeed): AsyncGenerator<Uint8Array, undefined> {
  const inflate = createInflateRaw();
  let output: Uint8Array[] = [];
  inflate.on("data", (bytes: Uint8Array) => output.push(bytes));
  const ended = once(inflate, "end").catch(() => undefined);
  let given = 0;
  try {
    while (!inflate.readableEnded && inflate.errored === null) {
      const bytes = await feed.take();
      given += bytes?.length ?? 0;
      // what is being written when the stream ends or fails is never answered
      if (bytes === undefined) inflate.end();
      else await Promise.race([new Promise<void>((resolve) => inflate.write(bytes, () => resolve())), ended]);
      if (bytes === undefined) await ended;
      yield* output;
      output = [];
      if (inflate.readableEnded && bytes !== undefined)
        feed.giveBack(bytes.subarray(bytes.length - (given - inflate.bytesWritten)));
    }
    if (inflate.errored !== null) throw inflate.errored;
  } finally {
    inflate.destroy();
  }
}
