import { afterEach, describe, expect, it, vi } from "vitest";
import { connect } from "./connect.ts";
import { closeDefaultGrid, enqueue } from "./default-grid.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

const nobodyThere = "redis://user:secret@127.0.0.1:1";

describe("connect", () => {
  it("refuses what is not a URL, a malformed option, and the embedded grid", async () => {
    await expect(connect("localhost")).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(connect(undefined, { grid: "" })).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(connect("memory:")).rejects.toMatchObject({ message: expect.stringContaining("localGrid()") });
  });

  it("fails in time where no server is, with the address and without the password", async () => {
    const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const error = await connect(nobodyThere, { connectTimeoutMs: 50, log: silent }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "CONNECTION_FAILED", message: expect.stringContaining("127.0.0.1:1") });
    expect(String(error)).not.toContain("secret");
  });

  it("takes the URL of the environment if none is given", async () => {
    vi.stubEnv("CALLGRID_URL", "http://elsewhere");
    await expect(connect()).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining("elsewhere"),
    });
  });
});

describe("the default grid", () => {
  it("tries to connect again after it failed", async () => {
    vi.stubEnv("CALLGRID_URL", "http://first");
    await expect(enqueue("pool", ["double", 1])).rejects.toMatchObject({ message: expect.stringContaining("first") });
    vi.stubEnv("CALLGRID_URL", "http://second");
    await expect(enqueue("pool", ["double", 1])).rejects.toMatchObject({ message: expect.stringContaining("second") });
  });

  it("closes where there is none", async () => {
    await closeDefaultGrid();
  });
});
