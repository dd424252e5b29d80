import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../test/harness/chance.ts";
import { fillTemplate, shellText } from "./command-template.ts";

const values = { host: "ada@10.0.0.7", command: ["/opt/my grid/callgrid", "remote-workers"] };

describe("a command template", () => {
  it.each([
    ["ssh {host} -- {command}", ["ssh", "ada@10.0.0.7", "--", "'/opt/my grid/callgrid' remote-workers"]],
    ["env A=1  {arguments}", ["env", "A=1", "/opt/my grid/callgrid", "remote-workers"]],
    [
      "ssh -o 'ProxyCommand nc %h %p' {host} \"cd '/srv/a b' && {command}\"",
      ["ssh", "-o", "ProxyCommand nc %h %p", "ada@10.0.0.7", "cd '/srv/a b' && '/opt/my grid/callgrid' remote-workers"],
    ],
    [
      String.raw`run\ it "say \"hi\" \d" '' {arguments}`,
      ["run it", String.raw`say "hi" \d`, "", "/opt/my grid/callgrid", "remote-workers"],
    ],
    [
      ["docker", "exec", "-i", "{host}", "{arguments}"],
      ["docker", "exec", "-i", "ada@10.0.0.7", "/opt/my grid/callgrid", "remote-workers"],
    ],
    [
      ["a b", "x{command}"],
      ["a b", "x'/opt/my grid/callgrid' remote-workers"],
    ],
  ])("is split into words, and filled then: %j", (template, words) => {
    expect(fillTemplate(template, values)).toEqual(words);
  });

  it.each([
    ["ssh {host}", "neither {command} nor {arguments}"],
    ["", "neither {command} nor {arguments}"],
    ["sh -c 'open {command}", "left open"],
    ['sh -c "open {command}', "left open"],
    ["sh -c {command} \\", "left open"],
  ])("is refused where it cannot work: %j", (template, problem) => {
    expect(() => fillTemplate(template, values)).toThrow(problem);
  });

  it.each(["-oProxyCommand=touch /tmp/x", "", "a b", "a;b", "$(id)", "a\nb", "a'b"])(
    "takes no host that would be more than a host: %j",
    (host) => {
      expect(() => fillTemplate("ssh {host} -- {command}", { ...values, host })).toThrow("is not a name or address");
    },
  );

  it.each(["ada", "ada@lab-3.example.org", "::1", "[fe80::1%eth0]:22", "namespace/pod"])("takes host %s", (host) => {
    expect(fillTemplate("ssh {host} -- {command}", { ...values, host })[1]).toBe(host);
  });
});

it("a real shell makes the same words of text for a shell", () => {
  const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), (words) => {
      const shown = execFileSync("sh", ["-c", `printf '%s\\0' ${shellText(["first", ...words])}`]).toString();
      expect(shown.split("\0").slice(1, -1)).toEqual(words);
    }),
    { numRuns: propertyRuns(30) },
  );
});
