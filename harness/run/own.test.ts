/** What is told of files of one's own that cannot be used, before anything runs. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { protocols } from "../../protocols/index.ts";
import { faults } from "../faults/index.ts";
import { loadScenario } from "../scenario/index.ts";
import { workloads } from "../workloads/index.ts";
import { bundleOwn, importOwn } from "./own.ts";

const folder = mkdtempSync(join(tmpdir(), "seedquake-own-"));
afterAll(() => rmSync(folder, { recursive: true }));
const scenario = join(folder, "mine.yaml");
writeFileSync(scenario, "protocol: ./mine.ts\n");
const name = relative(process.cwd(), join(folder, "mine.ts")).replaceAll("\\", "/");

const protocol = `export const protocol = {
  name: "mine", description: "", paper: "", transport: "datagram", roles: [], workloads: ["queue"], client: {},
  tolerates: () => ({ wiped: 0 }), create: () => ({ onMessage() {} }), invariants: [], mutants: [],
};`;
const workload = `import { simpleWorkload } from ${JSON.stringify(join(import.meta.dirname, "..", "workloads", "simple.ts"))};
export const workload = simpleWorkload({ name: "queue", doc: "", operations: { take: () => ({ f: "take" }) } });`;

async function told(text: string): Promise<string> {
  writeFileSync(join(folder, "mine.ts"), text);
  try {
    await importOwn({ protocols: [], faults, workloads }, (await bundleOwn([scenario]))!);
    return "nothing";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("a file of one's own", () => {
  it("is taken when all is there", async () => {
    expect(await told(protocol)).toBe("nothing");
    expect(await told(`${workload}\n${protocol}`)).toBe("nothing");
  });

  it("is looked for from its scenario and from here, and both places are told", async () => {
    const lost = join(folder, "lost.yaml");
    writeFileSync(lost, "protocol: ./nowhere.ts\n");
    const near = relative(process.cwd(), join(folder, "nowhere.ts")).replaceAll("\\", "/");
    await expect(bundleOwn([lost])).rejects.toThrow(
      `found none at ${near} and at ./nowhere.ts; mend the path, or, as a counterexample`,
    );
  });

  it("is named by its path from the scenario, and whoever names it otherwise is told that path", async () => {
    writeFileSync(join(folder, "mine.ts"), protocol);
    const other = join(folder, "other.yaml");
    for (const written of ["mine.ts", join(folder, "mine.ts")]) {
      writeFileSync(other, `protocol: ${written}\n`);
      await expect(bundleOwn([other])).rejects.toThrow(
        `other.yaml: expected a file of your own by its path from this scenario, found ${written}; write ./mine.ts`,
      );
    }
    // What is no file there may be anything.
    writeFileSync(other, "description: nowhere.ts\n");
    expect(await bundleOwn([other])).toBeUndefined();
  });

  it("must export whole things", async () => {
    expect(await told(protocol.replace("create: ", "make: "))).toBe(
      `${name}: expected \`create\` of its protocol to be a function, found nothing there; the types of seedquake say what it means`,
    );
    expect(await told("export const workload = 3;")).toBe(`${name}: expected its workload to be an object, found number`);
  });

  it("has no workload that nobody serves", async () => {
    expect(await told(`${workload}\n${protocol.replace('"queue"', '"stack"')}`)).toBe(
      `${name}: no protocol serves its workload "queue"; name it among the \`workloads\` of the protocol that does`,
    );
  });

  it("keeps the same from its import in every process: no time of day, no chance", async () => {
    const ambient = `
      const kept = [Date.now(), new Date().getTime(), Math.random(), performance.now(), String(process.hrtime.bigint()),
        process.hrtime(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(4))]];
      const later = () => [Date.now(), Math.random()];
      export const protocol = { ...mine, kept, later };`;
    writeFileSync(join(folder, "mine.ts"), `${protocol.replace("export const protocol", "const mine")}${ambient}`);
    const imported = async () => {
      const { protocols: all } = await importOwn({ protocols: [], faults, workloads }, (await bundleOwn([scenario]))!);
      return all[0] as unknown as { readonly kept: readonly unknown[]; later(): readonly [number, number] };
    };
    const [one, other] = [await imported(), await imported()];
    expect(one.kept).not.toBe(other.kept);
    expect(one.kept).toEqual(other.kept);
    expect(one.kept[6]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    // Once it is imported all is as it was.
    expect(one.later()[0]).toBeGreaterThan(new Date("2024-01-01").getTime());
    expect(one.later()[1]).not.toBe(other.later()[1]);
  });

  it("leaves time and chance as they were when it cannot be imported", async () => {
    expect(await told('throw new Error("oh");')).toContain("could not be imported: ");
    expect(Date.now()).toBeGreaterThan(new Date("2024-01-01").getTime());
  });

  it("is told, where a scenario wants something of it that it does not export", () => {
    const text = "protocol: raft\nworkload: { ./mine.ts: { operations: 3, within: 1s } }\n";
    expect(() => loadScenario(text, "mine.yaml", { protocols, faults, workloads })).toThrow(
      "there is no such key here; that file exports nothing for this place: export a workload as `workload`, a fault as `fault`.",
    );
  });
});
