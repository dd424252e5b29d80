import { describe, expect, it } from "vitest";
import { placeProblem } from "./request-place.ts";

const loopback = { isLoopback: true, hosts: [] };
const open = { isLoopback: false, hosts: ["grid.example"] };
const none = { origin: undefined, site: undefined };

describe("a request to a dashboard", () => {
  it.each(["localhost:8417", "127.0.0.1:8417", "[::1]:8417", "LOCALHOST"])("that asks for %s is served", (host) => {
    expect(placeProblem({ host, ...none }, loopback)).toBeUndefined();
    expect(placeProblem({ host, ...none }, open)).toBeUndefined();
  });

  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "", "a b", undefined])(
    "that asks a dashboard of this machine for %s is refused",
    (host) => {
      expect(placeProblem({ host, ...none }, loopback)).toBeDefined();
    },
  );

  it("that asks an open dashboard by its name or an address is served, and by another name it is not", () => {
    expect(placeProblem({ host: "grid.example:8417", ...none }, open)).toBeUndefined();
    expect(placeProblem({ host: "10.0.0.1:8417", ...none }, open)).toBeUndefined();
    expect(placeProblem({ host: "evil.example:8417", ...none }, open)).toMatch(/is not served as "evil\.example:8417"/);
  });

  it.each(["http://evil.example", "http://localhost:9000", "null", "file://"])(
    "from a page of %s is refused",
    (origin) => {
      expect(placeProblem({ host: "localhost:8417", origin, site: undefined }, loopback)).toMatch(/another origin/);
    },
  );

  it("that the browser calls one of another site is refused", () => {
    const own = { host: "localhost:8417", origin: "http://localhost:8417" };
    expect(placeProblem({ ...own, site: "cross-site" }, loopback)).toMatch(/another site/);
    expect(placeProblem({ ...own, site: "same-site" }, loopback)).toMatch(/another site/);
    expect(placeProblem({ ...own, site: "same-origin" }, loopback)).toBeUndefined();
  });
});
