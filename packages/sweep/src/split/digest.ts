/**
 * Digests: SHA-256 of canonical text, which people compare by four words and programs by hex. Each word stands for one byte, so four
 * words differ with odds of four thousand million to one.
 */
import { createHash } from "node:crypto";

/** A digest in both of its forms. */
export interface Digest {
  /** 64 digits. */
  readonly hex: string;
  /** Such as `acorn-agate-alder-amber`. */
  readonly words: string;
}

/** By byte: 256 words that are short, and sound different when they are read out. */
const wordList =
  "acorn agate alder amber anchor apple apron arrow aspen atlas autumn badge bagel baker bamboo banjo barley basil " +
  "basin basket beach beacon beaver beech bell berry birch bison bloom bottle boulder bread breeze brick bridge bronze " +
  "brook broom brush bucket bugle butter button cabin cactus camel candle canoe canyon carbon carpet carrot castle " +
  "cedar cello chalk cherry chess chimney cider circle clay cliff clock clover coast cobalt cocoa comet copper coral " +
  "cotton crane crater cricket crystal curtain cypress daisy dawn delta desert diamond dolphin donkey dragon drum dune " +
  "eagle echo elbow elder ember engine falcon feather fennel fern ferry fiddle field finch flame flint flute forest " +
  "fossil fountain fox frost galaxy garden garlic garnet gazelle geyser ginger glacier glass globe goblet gold goose " +
  "granite grape gravel guitar gull hammer harbor harp harvest hazel heather hedge helmet heron hill honey hornet " +
  "horse ice igloo indigo iris iron island ivory ivy jacket jade jaguar jasmine jelly jewel juniper kayak kettle kite " +
  "kiwi koala ladder lagoon lake lamp lantern lapis larch laurel lava lavender lemon lentil lichen lilac lily lime " +
  "linen lion lobster lotus lynx magnet mango maple marble marsh meadow melon meteor mint mirror moon moss mountain " +
  "mustard nectar needle nettle nickel north nutmeg oak oasis oat ocean olive onion onyx opal orange orbit orchid " +
  "otter owl oyster paddle palm panda paper parrot peach pearl pebble pepper pigeon pine planet plum pond poppy " +
  "prairie prism pumpkin quail quartz quill rabbit radish raven reed ribbon river robin rocket rose ruby saddle " +
  "saffron sage sail salmon sand sapphire satin shell";

const words: readonly string[] = wordList.split(" ");
const shownBytes = 4;

/** The digest of some texts, none of which has a line end: canonical texts have none. */
export function digestOf(texts: Iterable<string>): Digest {
  const sum = createHash("sha256");
  for (const text of texts) sum.update(text).update("\n");
  return digestFromHex(sum.digest("hex"));
}

/** The digest that has this hex form. */
export function digestFromHex(hex: string): Digest {
  const first = [...Buffer.from(hex, "hex").subarray(0, shownBytes)];
  return { hex, words: first.map((byte) => words[byte] ?? "").join("-") };
}

const shownDigits = 16;

/** Such as `acorn-agate-alder-amber 0001020304050607`. */
export function digestText({ hex, words: shown }: Digest): string {
  return `${shown} ${hex.slice(0, shownDigits)}`;
}
