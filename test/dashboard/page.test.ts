/** The page in a real browser, on a real command with real workers: every view, in one browser for all. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { connect } from "@callgrid/client";
import { requestId } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserProblem, startBrowser } from "../harness/browser.ts";
import { StartedCommand } from "../harness/command.ts";
import { CommandPool, commandFunctions } from "../harness/command-pool.ts";

const pageFolder = fileURLToPath(new URL("../../packages/dashboard/dist/page/", import.meta.url));
const mostBytes = 80 * 1024;
/** What a page must show as it is. */
const markup = `<img src=x onerror="document.title='ran'">`;

it("the page is at most 80 kB, compressed", () => {
  const bytes = ["index.html", "page.js", "page.css"].reduce(
    (sum, file) => sum + gzipSync(readFileSync(pageFolder + file)).length,
    0,
  );
  expect(bytes).toBeLessThan(mostBytes);
});

if (browserProblem !== undefined) console.warn(`The page is not tested: ${browserProblem}`);

describe.skipIf(browserProblem !== undefined)("the page", () => {
  const pool = new CommandPool();
  const commands: StartedCommand[] = [];
  let browser: Browser;
  let page: Page;
  let url: string;
  const problems: string[] = [];

  beforeAll(async () => {
    const worker = ["worker", "--pool", "pool", "--functions", commandFunctions, "--name", "worker-1", "--json"];
    for (const args of [worker, ["dashboard", "--port", "0", "--json"]])
      commands.push(new StartedCommand(args, pool.env));
    const [started, ...lines] = await Promise.all([startBrowser(), ...commands.map((command) => command.firstLine())]);
    browser = started;
    url = (lines[1] as { url: string }).url;
    await joinHostile();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
  });

  afterAll(async () => {
    await browser?.close();
    await Promise.all(commands.map((command) => command.killAll()));
  });

  /** A member whose words are markup, and a control character that would turn a terminal's colours. */
  async function joinHostile(): Promise<void> {
    const statekeeper = await openStatekeeper(pool.env["CALLGRID_URL"] ?? "", {
      grid: pool.env["CALLGRID_GRID"] ?? "",
    });
    const description = { host: markup, processId: `\u001b[31m${markup}`, tags: [markup] };
    const functions = new Map([["hostile", "<b>1</b>"]]);
    const keeper = statekeeper.pool("pool");
    await keeper.join({ id: "hostile", kind: "worker", leaseMs: 3_600_000, description, functions });
    await keeper.submit({
      ...{ process: "caller", leaseMs: 3_600_000, queueLimit: 0 },
      submissions: [{ id: hostileId, payload: `["hostile",${JSON.stringify(markup)}]` }],
    });
    await statekeeper.close();
  }

  const hostileId = requestId(`["hostile",${JSON.stringify(markup)}]`);
  const open = (hash: string) => page.goto(`${url}${hash}`);
  const shows = (text: string) => page.getByText(text, { exact: false }).first().waitFor();

  async function accessibilityProblems(rules: object): Promise<string[]> {
    // the page's own policy keeps scripts out, so it comes through the browser's protocol
    if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
    const options = JSON.stringify({ resultTypes: ["violations"], ...rules });
    const found = await page.evaluate(`axe.run(document, ${options}).then((run) => run.violations)`);
    return (found as Array<{ id: string; nodes: Array<{ html: string }> }>).map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html}`,
    );
  }

  it("shows the same numbers as the command", async () => {
    await open("");
    const row = page.locator("tbody tr").first();
    await row.waitFor();
    const { members, queued } = await pool.status();
    expect(members).toHaveLength(2);
    expect(await row.getByRole("cell").nth(1).innerText()).toBe("2");
    expect(await row.getByRole("cell").nth(3).innerText()).toBe(String(queued));
  });

  it("follows the pool by itself", async () => {
    const grid = await connect(pool.env["CALLGRID_URL"], { grid: pool.env["CALLGRID_GRID"] ?? "" });
    await grid.enqueue("pool", ["divide", 6, 2]);
    await open("#/pools/pool/functions");
    const row = page.locator("tbody tr").filter({ hasText: "divide" });
    await row.waitFor();
    const evaluations = () => row.getByRole("cell").nth(2).innerText();
    await expect.poll(evaluations).toBe("1");
    await grid.enqueue("pool", ["divide", 6, 3]);
    await expect.poll(evaluations).toBe("2");
    await grid.close();
  });

  it("is accessible in every view, in the colours of both themes", async () => {
    const views: ReadonlyArray<readonly [hash: string, text: string]> = [
      ["#/pools", "evaluated"],
      ["#/pools/pool", "Since the pool began"],
      ["#/pools/pool/workers", "worker-1"],
      ["#/pools/pool/queues", "How work moved"],
      ["#/pools/pool/functions", "self time"],
      ["#/runs", "No run was submitted"],
      [`#/request?pool=pool&request=${hostileId}`, "It is queued"],
    ];
    for (const [hash, text] of views) {
      await open(hash);
      await shows(text);
      await page.emulateMedia({ colorScheme: "light" });
      expect(await accessibilityProblems({}), hash).toEqual([]);
      // a theme changes colours alone
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await accessibilityProblems({ runOnly: ["color-contrast"] }), hash).toEqual([]);
    }
  });

  it("shows markup and control characters as text, in all places", async () => {
    await open("#/pools/pool/workers");
    await shows(markup);
    await shows("\\u{1b}[31m");
    await open("#/pools/pool/functions");
    await shows("<b>1</b>");
    await open(`#/request?pool=pool&request=${hostileId}&arguments=shown`);
    await shows("onerror=");
    await open(`#/pools/pool/workers?filter=${encodeURIComponent(markup)}x`);
    await shows(`“${markup}x”`);
    expect(await page.locator("img").count()).toBe(0);
    expect(await page.title()).toBe("callgrid");
  });

  it("shows the arguments of a request when they are asked for, and not before", async () => {
    await open(`#/request?pool=pool&request=${hostileId}`);
    await shows('["hostile",…]');
    expect(await page.getByText("onerror").count()).toBe(0);
    await page.getByRole("link", { name: "Show its arguments" }).click();
    await shows("onerror=");
  });

  it("can be walked through by keys", async () => {
    await open("#/pools/pool/workers");
    await shows("worker-1");
    await page.keyboard.press("r");
    await shows("Runs and schedules");
    await page.keyboard.press("p");
    await shows("Events");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await shows("Pool pool");
    await page.keyboard.press("?");
    await shows("filter the table");
  });

  it("keeps the order of a table in the address", async () => {
    await open("#/pools/pool/workers");
    await page.getByRole("link", { name: "member" }).click();
    await page.reload();
    await shows("member ↑");
  });

  it("fits the width of a phone", async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const hash of ["#/pools", "#/pools/pool", "#/pools/pool/workers", "#/request"]) {
      await open(hash);
      await page.getByRole("heading", { level: 1 }).waitFor();
      expect(await page.evaluate("document.documentElement.scrollWidth"), hash).toBeLessThanOrEqual(360);
    }
  });

  it("reports that its server has gone", async () => {
    await open("#/pools");
    await shows("live");
    await commands[1]?.killAll();
    await shows("Is callgrid dashboard still running?");
  });

  it("breaks no rule of its own policy, and throws nothing", () => {
    expect(problems.filter((problem) => !problem.includes("ERR_"))).toEqual([]);
  });
});
