import type { RedisFacts } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { type Finding, redisFindings } from "./diagnosis.ts";

const megabyte = 1_048_576;

function memoryOf(facts: Partial<RedisFacts>): Finding | undefined {
  const findings = redisFindings({
    ...{ address: "redis://localhost:6379", server: { name: "Redis", version: "8.2.2" }, isTooOld: false },
    ...{ isReplica: false, isCluster: false, isGivenAsCluster: false, isSlotMoving: false },
    ...{ evictionPolicy: "volatile-lru", usedBytes: megabyte, limitBytes: 0 },
    ...{ systemBytes: 100 * megabyte, isAppendOnly: true, savesSnapshots: false, canSave: true },
    ...{ clockAheadMs: 0, roundTripMs: 1, denied: [], ...facts },
  });
  return findings.find(({ check }) => check === "memory");
}

describe("the remedy for a memory without a bound", () => {
  it("has results evicted at the bound where the policy evicts them", () => {
    const { status, remedy } = memoryOf({ evictionPolicy: "volatile-ttl" }) ?? {};
    expect(status).toBe("warning");
    expect(remedy).toMatch(/^CONFIG SET maxmemory to .* so that results are evicted/);
  });

  it("says of noeviction that work is refused at the bound, and which policy evicts results", () => {
    const { status, remedy } = memoryOf({ evictionPolicy: "noeviction" }) ?? {};
    expect(status).toBe("warning");
    expect(remedy).toMatch(/^CONFIG SET maxmemory to .* so that Redis refuses work .*volatile-lru it evicts results/);
  });

  it.each(["allkeys-lru", undefined])(
    "changes the policy %s first, as requests could be evicted at the bound",
    (policy) => {
      const { remedy } = memoryOf({ evictionPolicy: policy }) ?? {};
      expect(remedy).toMatch(/^first CONFIG SET maxmemory-policy volatile-lru, then CONFIG SET maxmemory to /);
    },
  );

  it("does not raise a bound that there is not, however full the machine is", () => {
    const { status, remedy } = memoryOf({ evictionPolicy: "noeviction", usedBytes: 99 * megabyte }) ?? {};
    expect(status).toBe("wrong");
    expect(remedy).not.toContain("raise");
  });
});

describe("a memory that is full", () => {
  const full = { usedBytes: 99 * megabyte, limitBytes: 100 * megabyte };

  it("refuses work under noeviction", () => {
    expect(memoryOf({ ...full, evictionPolicy: "noeviction" })).toMatchObject({
      status: "wrong",
      message: expect.stringContaining("refuses work"),
    });
  });

  it.each(["volatile-lru", "allkeys-lru"])("is no fault of its own under %s, which evicts", (policy) => {
    expect(memoryOf({ ...full, evictionPolicy: policy })?.status).toBe("ok");
  });
});
