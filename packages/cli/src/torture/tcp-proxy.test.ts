/** What the proxy does to a link, seen from both ends. */
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, it, onTestFinished } from "vitest";
import { TcpProxy } from "./tcp-proxy.ts";

interface Ends {
  readonly proxy: TcpProxy;
  /** Opens a link; resolves with both ends of it. */
  link(): Promise<{ near: Socket; far: Socket }>;
}

async function setProxy(): Promise<Ends> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await TcpProxy.start(() => createConnection(port, "127.0.0.1"));
  onTestFinished(async () => {
    await proxy.stop();
    server.close();
  });
  return {
    proxy,
    link: async () => {
      const accepted = once(server, "connection");
      const near = createConnection(proxy.port, "127.0.0.1");
      near.on("error", () => undefined);
      const [far] = (await accepted) as [Socket];
      far.on("error", () => undefined);
      return { near, far };
    },
  };
}

/** Resolves when the socket has closed, be it by a reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

it("passes on what either side says, and that a side has ended", async () => {
  const { link } = await setProxy();
  const { near, far } = await link();
  near.write("hello");
  expect(String((await once(far, "data"))[0])).toBe("hello");
  far.write("you too");
  expect(String((await once(near, "data"))[0])).toBe("you too");
  const ended = closed(near);
  far.destroy();
  await ended;
});

it("keeps the order of what is under way while the delay changes", async () => {
  const { proxy, link } = await setProxy();
  const { near, far } = await link();
  const heard = text(far);
  let said = "";
  for (let word = 0; word < 200; word += 1) {
    proxy.delay((word * 7) % 5);
    said += `${word} `;
    await new Promise((resolve) => near.write(`${word} `, resolve));
  }
  proxy.delay(0);
  // Its end comes by a reset, so that the last word has to have arrived.
  await expect.poll(() => far.bytesRead).toBe(said.length);
  far.push(null);
  expect(await heard).toBe(said);
});

it("resets its links and takes new ones", async () => {
  const { proxy, link } = await setProxy();
  const { near } = await link();
  const reset = closed(near);
  proxy.reset();
  await reset;
  const next = await link();
  next.near.write("again");
  expect(String((await once(next.far, "data"))[0])).toBe("again");
});

it("refuses new links while it is cut", async () => {
  const { proxy, link } = await setProxy();
  proxy.cut();
  const refused = createConnection(proxy.port, "127.0.0.1").on("error", () => undefined);
  await closed(refused);
  expect(proxy.links).toBe(0);
  proxy.recover();
  await link();
  expect(proxy.links).toBe(1);
});

it("swallows everything while it is silent, keeps the sockets, and resets them when it recovers", async () => {
  const { proxy, link } = await setProxy();
  const { near, far } = await link();
  proxy.fallSilent();
  await new Promise((resolve) => near.write("swallowed", resolve));
  // The other side does not notice a client that gives up either.
  const other = await link();
  other.near.destroy();
  await closed(other.near);
  expect([near.destroyed, far.destroyed, other.far.destroyed, far.bytesRead]).toEqual([false, false, false, 0]);
  const reset = Promise.all([closed(near), closed(far), closed(other.far)]);
  proxy.recover();
  await reset;
});

it.each([0, 2])("stalls new links after %i replies, and leaves them so when it recovers", async (replies) => {
  const { proxy, link } = await setProxy();
  const before = await link();
  const reset = closed(before.near);
  proxy.stall(replies);
  await reset;
  const { near, far } = await link();
  for (let reply = 0; reply < replies; reply += 1) {
    far.write("passed");
    expect(String((await once(near, "data"))[0])).toBe("passed");
  }
  await new Promise((resolve) => far.write("swallowed", resolve));
  proxy.recover();
  const next = await link();
  next.far.write("passed");
  expect(String((await once(next.near, "data"))[0])).toBe("passed");
  expect([near.destroyed, far.destroyed, near.bytesRead]).toEqual([false, false, replies * "passed".length]);
});
