/** What scenario files stand on, and so which of them a change concerns. */

import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { ownPaths, textsOf } from "../scenario/index.ts";

/** For each scenario file: the files that it stands on, itself among them. Absolute. One that ends in a separator is a folder with all below. */
export type StandsOn = ReadonlyMap<string, ReadonlySet<string>>;

/** The scenario files, in their order, that stand on something that changed. */
export function affectedBy(changed: Iterable<string>, standsOn: StandsOn): readonly string[] {
  const all = [...changed];
  return [...standsOn]
    .filter(([, on]) => [...on].some((one) => all.some((path) => (one.endsWith(sep) ? path.startsWith(one) : path === one))))
    .map(([file]) => file);
}

/** The scenario files that a suite file names, as scenarios name their files; none for any other file. */
export function membersOf(file: string): readonly string[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (!/^["']?suite["']?\s*:/m.test(text)) return [];
  const paths = textsOf(text).filter((word) => /\.ya?ml$/.test(word));
  return paths
    .map((path) => join(dirname(file), path))
    .filter((path) => existsSync(path))
    .map((path) => {
      const near = relative(process.cwd(), path).replaceAll(sep, "/");
      return near.startsWith("..") ? path.replaceAll(sep, "/") : near;
    });
}

function real(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

/**
 * Reads the scenario files and follows the imports of what they name by path, types left out. `builtIn`: a folder with the protocols
 * that are named by their names, as sources or compiled; a change of any file of theirs counts, tests too.
 */
export async function standsOn(given: readonly string[], builtIn?: string): Promise<StandsOn> {
  const members = new Map(given.map((file) => [file, membersOf(file)]));
  const files = [...new Set([...given, ...[...members.values()].flat()])];
  const direct = files.map((file) => {
    const text = existsSync(file) ? readFileSync(file, "utf8") : "";
    const own = ownPaths(text).map(
      (path) =>
        [resolve(dirname(file), path), resolve(path)].find((candidate) => existsSync(candidate)) ?? resolve(dirname(file), path),
    );
    const folders = builtIn === undefined ? [] : textsOf(text).map((name) => join(builtIn, name));
    const protocols = folders.filter((folder) => indexOf(folder) !== undefined);
    return { file, own: own.map(real), protocols: protocols.map(real) };
  });
  const entries = new Set(direct.flatMap(({ own, protocols }) => [...own, ...protocols.map((folder) => indexOf(folder)!)]));
  const imports = await importsOf([...entries].filter((entry) => existsSync(entry)));
  const alone = new Map(
    direct.map(({ file, own, protocols }) => {
      const on = new Set([real(file), ...protocols.map((folder) => `${folder}${sep}`)]);
      const follow = (path: string): void => {
        if (on.has(path)) return;
        on.add(path);
        for (const next of imports.get(path) ?? []) follow(next);
      };
      for (const path of [...own, ...protocols.map((folder) => indexOf(folder)!)]) follow(path);
      return [file, on];
    }),
  );
  return new Map(given.map((file) => [file, new Set([file, ...members.get(file)!].flatMap((one) => [...alone.get(one)!]))]));
}

/** Of a protocol's folder; undefined when it is none. */
function indexOf(folder: string): string | undefined {
  return [join(folder, "index.ts"), join(folder, "index.js")].find((path) => existsSync(path));
}

/** Who imports whom, from these files on, packages left out. Of code with a mistake in it nothing is known but that it is there. */
async function importsOf(entries: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (entries.length === 0) return found;
  const { build } = await import("esbuild");
  const graph = (entryPoints: readonly string[]) =>
    build({
      entryPoints: [...entryPoints],
      bundle: true,
      write: false,
      metafile: true,
      packages: "external",
      platform: "node",
      format: "esm",
      outdir: "nowhere",
      absWorkingDir: process.cwd(),
      logLevel: "silent",
    }).then(
      ({ metafile }) => metafile,
      () => undefined,
    );
  // One mistake in one of them must not hide the imports of the others.
  const whole = await graph(entries);
  const graphs = whole === undefined ? await Promise.all(entries.map((entry) => graph([entry]))) : [whole];
  for (const metafile of graphs) {
    for (const [path, { imports }] of Object.entries(metafile?.inputs ?? {})) {
      found.set(
        real(path),
        imports.filter(({ external }) => external !== true).map((one) => real(one.path)),
      );
    }
  }
  return found;
}
