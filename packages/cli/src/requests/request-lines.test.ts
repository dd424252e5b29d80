import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { requestLines } from "./request-lines.ts";
import type { NamedRequest } from "./request-text.ts";

async function read(text: string): Promise<NamedRequest[]> {
  const requests: NamedRequest[] = [];
  for await (const request of requestLines(Readable.from([text]), "stdin")) requests.push(request);
  return requests;
}

it("each line is a request, empty lines are none, and the last one needs no end", async () => {
  expect(await read('["f",1]\r\n\n  \n["f",2]')).toEqual([
    ["f", 1],
    ["f", 2],
  ]);
});

it("a line that is not a request is refused with its number", async () => {
  await expect(read('["f",1]\n\n["f",]\n')).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringMatching(/^stdin line 3 is not JSON: unexpected "\]" at character 6/),
  });
});
