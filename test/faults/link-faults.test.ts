/** Links to Redis that break, fall silent, or are slow: those of the only client, and those of the only worker. */
import { describe, test } from "vitest";
import { Chance } from "../../packages/cli/src/torture/chance.ts";
import type { TcpProxy } from "../../packages/cli/src/torture/tcp-proxy.ts";
import { plannedRequests, someRequests } from "../../packages/cli/src/torture/workload.ts";
import { lasting, shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";

/** Longer than the leases, and for a silent link longer than it takes to notice that. */
const cutMs = shortOrFull(4_000, 10_000);
const silentMs = shortOrFull(7_000, 10_000);

interface Fault {
  readonly name: string;
  readonly begin: (proxy: TcpProxy) => void;
  readonly ms: number;
}

const faults: Fault[] = [
  { name: "is cut", begin: (proxy) => proxy.cut(), ms: cutMs },
  { name: "falls silent with its socket open", begin: (proxy) => proxy.fallSilent(), ms: silentMs },
  { name: "takes no link that says anything", begin: (proxy) => proxy.stall(0), ms: cutMs },
  { name: "takes links that fall silent before they are ready", begin: (proxy) => proxy.stall(1), ms: cutMs },
  { name: "is reset again and again, and slow", begin: resetOften, ms: 2_000 },
];

function resetOften(proxy: TcpProxy): void {
  proxy.delay(30);
  for (const ms of [300, 600, 900, 1_200, 1_500]) setTimeout(() => proxy.reset(), ms);
}

describe.concurrent.each(faults.map((fault) => [fault.name, fault] as const))("a link that %s", (_, { begin, ms }) => {
  test("of the only client: every ask is answered once it is back", async (context) => {
    const stage = await FaultStage.set(context);
    await stage.startWorkers(1);
    const link = await stage.link();
    const stop = new AbortController();
    const client = stage.client(await stage.connect(link.url));
    const asking = client.askAll(plannedRequests(new Chance(3)), 32, stop.signal);
    await stage.until(({ counters }) => (counters["completed"] ?? 0) > 100);
    begin(link.proxy);
    const askedMeanwhile = client.askAll(plannedRequests(new Chance(4)), 32, AbortSignal.timeout(ms));
    await lasting(ms);
    link.proxy.recover();
    await askedMeanwhile;
    stop.abort();
    await asking;
    await stage.rightHistory();
  });

  test("of the only worker: it takes work again once it is back", async (context) => {
    const stage = await FaultStage.set(context);
    const link = await stage.link();
    await stage.startWorkers(1, "--lease-ms", "1s", "--url", link.url);
    const stop = new AbortController();
    const client = stage.client(await stage.connect());
    const asking = client.askAll(plannedRequests(new Chance(5)), 32, stop.signal);
    await stage.until(({ counters }) => (counters["completed"] ?? 0) > 100);
    begin(link.proxy);
    await lasting(ms);
    link.proxy.recover();
    await client.askAll(someRequests(50, new Chance(6)), 16);
    stop.abort();
    await asking;
    await stage.rightHistory();
  });
});
