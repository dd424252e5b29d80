/** A headless Chromium for tests of pages: the machine's own, since nothing is downloaded for it. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/google-chrome"];
const executablePath = places.find((place) => existsSync(place));

/** Why tests of pages are skipped here; undefined where they run. */
export const browserProblem =
  executablePath === undefined
    ? `no browser at ${places.join(", ")}: apt-get install chromium-headless-shell fonts-dejavu-core`
    : undefined;

/** Close it when done. */
export function startBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(browserProblem);
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic", ...quiet] });
}
