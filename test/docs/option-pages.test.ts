/** The reference pages have every option and every command, as declared. After a change: `npx vitest run test/docs/option-pages.test.ts -u`. */
import { expect, it } from "vitest";
import { commandsPage, optionsPage } from "./option-pages.ts";

it("the page of options has what the tables declare", async () => {
  await expect(optionsPage()).toMatchFileSnapshot("../../docs/reference/options.md");
});

it("the page of commands has what the commands declare", async () => {
  await expect(await commandsPage()).toMatchFileSnapshot("../../docs/reference/commands.md");
});
