/** The types of given options say what their tables declare. After a change: `npx vitest run test/docs/option-types.test.ts -u`. */
import { expect, it } from "vitest";
import { optionTypeFiles, optionTypeText } from "./option-types.ts";

it.each(optionTypeFiles)("packages/%s has what its tables declare", async (file, types) => {
  await expect(optionTypeText(types)).toMatchFileSnapshot(`../../packages/${file}`);
});
