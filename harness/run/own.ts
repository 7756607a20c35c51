/** The door to the user's own files: what scenarios name by path is bundled once, and every thread imports the same bundle. */

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { findSourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildFailure, Plugin } from "esbuild";
import type { Fault } from "../faults/fault.ts";
import type { Invariant, Protocol, Selector } from "../protocol.ts";
import { type Catalogue, type OwnFiles, ownPath, textsOf, withOwn } from "../scenario/index.ts";
import { importing } from "../sim/index.ts";
import type { Workload } from "../workloads/workload.ts";
import { misshapen } from "./shapes.ts";

/** Something about the user's own code; the message is a whole sentence that begins with the file. */
export class OwnError extends Error {}

/** What a file may export, by the names of its exports. */
interface OwnModule {
  readonly protocol?: Protocol;
  readonly workload?: Workload;
  readonly fault?: Fault;
  readonly selector?: Selector;
  readonly invariant?: Invariant;
}
const kinds = ["protocol", "workload", "fault", "selector", "invariant"] as const;

/** Bundles everything that these scenario files name by path; undefined when they name nothing. @throws OwnError */
export async function bundleOwn(files: readonly string[]): Promise<OwnFiles | undefined> {
  const names: Record<string, Record<string, string>> = {};
  const found = new Map<string, string>();
  for (const file of files) {
    const texts = textsOf(existsSync(file) ? readFileSync(file, "utf8") : "");
    notByPath(file, texts);
    for (const written of texts.filter((one) => ownPath.test(one))) {
      // A counterexample lies elsewhere than the scenario that it came from: its paths are those from the working directory.
      const places = [resolve(dirname(file), written), resolve(written)];
      const path = places.find((candidate) => existsSync(candidate));
      if (path === undefined) {
        const looked = [...new Set(places.map(canonical))].join(" and at ");
        throw new OwnError(
          `${file}: expected a file at ${written}, seen from this scenario or from the folder in which the command is typed, found none at ${looked}; mend the path, or, as a counterexample names files from where it was found, type the command there`,
        );
      }
      const name = canonical(path);
      found.set(name, path);
      names[file] = { ...names[file], [written]: name };
    }
  }
  if (found.size === 0) return undefined;
  const code = await bundle([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  const [program] = code.split("\n//# sourceMappingURL=");
  return { url: keep(code), sha256: createHash("sha256").update(program!).digest("hex"), names };
}

/** A file of code that is there, and is named in another way: by itself, or from the root. @throws OwnError */
function notByPath(file: string, texts: readonly string[]): void {
  const folder = dirname(file);
  const found = texts.find((one) => /\.(?:ts|mts|js|mjs)$/.test(one) && !ownPath.test(one) && existsSync(resolve(folder, one)));
  if (found === undefined) return;
  const near = relative(folder, resolve(folder, found)).replaceAll("\\", "/");
  const path = near.startsWith("../") ? near : `./${near}`;
  throw new OwnError(`${file}: expected a file of your own by its path from this scenario, found ${found}; write ${path}`);
}

const kept: string[] = [];

/** A module needs a file of its own, or its stack traces lead nowhere. It lies there until the process ends. */
function keep(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), "seedquake-"));
  if (kept.length === 0) process.on("exit", () => kept.forEach((path) => void rmSync(path, { recursive: true, force: true })));
  kept.push(folder);
  const file = join(folder, "own.mjs");
  writeFileSync(file, code);
  return pathToFileURL(file).href;
}

/** From the working directory, whatever the scenario's folder: the same file has one name. */
function canonical(path: string): string {
  const near = relative(process.cwd(), path).replaceAll("\\", "/");
  return near.startsWith("../") ? near : `./${near}`;
}

async function bundle(found: readonly (readonly [name: string, path: string])[]): Promise<string> {
  const contents = [
    'import "seedquake:begin";',
    ...found.map(([, path], i) => `import * as m${i} from ${JSON.stringify(path)};`),
    `export const own = { ${found.map(([name], i) => `${JSON.stringify(name)}: m${i}`).join(", ")} };`,
    'import { importing } from "seedquake:guards";',
    "importing(false);",
  ];
  // Only here: whoever names no file of his own does not wait for it.
  const { build } = await import("esbuild");
  try {
    const { outputFiles } = await build({
      stdin: { contents: contents.join("\n"), resolveDir: process.cwd(), sourcefile: "own.js" },
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node20",
      sourcemap: "external",
      outfile: "own.mjs",
      // Else it is where this process stood when esbuild was first loaded, and the places of mistakes are told from there.
      absWorkingDir: process.cwd(),
      logLevel: "silent",
      plugins: [ourselves],
    });
    const code = outputFiles.find(({ path }) => path.endsWith(".mjs"))!.text;
    const map = JSON.parse(outputFiles.find(({ path }) => path.endsWith(".map"))!.text) as { sources: string[] };
    // Relative paths would lead from where the bundle lies.
    map.sources = map.sources.map((source) => pathToFileURL(resolve(source)).href);
    return `${code}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;
  } catch (error) {
    const [first] = (error as Partial<BuildFailure>).errors ?? [];
    if (first === undefined) throw error;
    const { location, text } = first;
    const place = location === null ? "" : `${location.file}:${location.line}:${location.column + 1}: `;
    throw new OwnError(`${place}this cannot be bundled: ${text.charAt(0).toLowerCase()}${text.slice(1)}`);
  }
}

/** One file of the user's, bundled and imported: TypeScript too, where Node cannot. @throws OwnError */
export async function importBundled(path: string): Promise<Readonly<Record<string, unknown>>> {
  const url = keep(await bundle([["file", resolve(path)]]));
  try {
    return ((await import(url)) as { readonly own: Readonly<Record<string, Readonly<Record<string, unknown>>>> }).own["file"]!;
  } finally {
    importing(false);
  }
}

/** The libraries that must be the same for the user's code as for ours. */
const ourselves: Plugin = {
  name: "seedquake",
  setup({ onResolve, onLoad }) {
    const entry = import.meta.url.endsWith(".ts") ? "ts" : "js";
    const ours = (file: string): { path: string; external: true } => ({
      path: new URL(`../${file}.${entry}`, import.meta.url).href,
      external: true,
    });
    onResolve({ filter: /^seedquake$/ }, () => ours("index"));
    onResolve({ filter: /^seedquake\/protocol$/ }, () => ours("protocol"));
    // The first module of a bundle: all the others are evaluated behind it, and none of them may be another one in another process.
    onResolve({ filter: /^seedquake:guards$/ }, () => ours("sim/guards"));
    onResolve({ filter: /^seedquake:begin$/ }, () => ({ path: "begin", namespace: "seedquake" }));
    onLoad({ filter: /./, namespace: "seedquake" }, () => ({
      contents: 'import { importing } from "seedquake:guards"; importing(true);',
    }));
    onResolve({ filter: /^(zod|fast-check)$/ }, ({ path }) => ({ path: import.meta.resolve(path), external: true }));
  },
};

/** The catalogue with what the bundle exports, imported into this thread. @throws OwnError */
export async function importOwn(catalogue: Catalogue, own: OwnFiles): Promise<Catalogue> {
  process.setSourceMapsEnabled(true);
  teachStacks();
  let modules: Readonly<Record<string, OwnModule>>;
  try {
    modules = ((await import(own.url)) as { readonly own: Readonly<Record<string, OwnModule>> }).own;
  } catch (error) {
    throw new OwnError(`a file that a scenario names could not be imported: ${placed(error)}`);
  } finally {
    importing(false);
  }
  for (const [name, module] of Object.entries(modules)) {
    const here = kinds.filter((kind) => module[kind] !== undefined);
    for (const kind of here) {
      const wrong = misshapen(kind, module[kind]);
      if (wrong !== undefined) throw new OwnError(`${name}: ${wrong}`);
    }
    if (here.length > 0) continue;
    const exported = Object.keys(module);
    const what = exported.length === 0 ? "no export at all" : `only ${exported.join(", ")}`;
    throw new OwnError(`${name}: expected an export called ${kinds.join(" or ")}, found ${what}`);
  }
  const whole = withOwn(catalogue, own, modules);
  for (const [name, { workload }] of Object.entries(modules)) {
    if (workload === undefined || whole.protocols.some(({ workloads }) => workloads.includes(name))) continue;
    throw new OwnError(
      `${name}: no protocol serves its workload "${workload.name}"; name it among the \`workloads\` of the protocol that does`,
    );
  }
  return whole;
}

/** What the user's own protocols call themselves, by the names that they have here, which are their paths. */
export async function ownTitles({ url }: OwnFiles): Promise<ReadonlyMap<string, string>> {
  const { own } = (await import(url)) as { readonly own: Readonly<Record<string, OwnModule>> };
  return new Map(Object.entries(own).flatMap(([path, { protocol }]) => (protocol === undefined ? [] : [[path, protocol.name]])));
}

let taught = false;

/** Where somebody else writes the stack traces of this process (vitest does), Node's source maps are not asked: they are here. */
function teachStacks(): void {
  const { prepareStackTrace } = Error;
  if (taught || prepareStackTrace === undefined) return;
  taught = true;
  Error.prepareStackTrace = (error, frames) => prepareStackTrace(error, frames.map(asWritten));
}

/** A frame in a bundle as one in the file that somebody wrote. */
function asWritten(frame: NodeJS.CallSite): NodeJS.CallSite {
  const bundle = frame.getFileName();
  const map = bundle?.endsWith("/own.mjs") === true ? findSourceMap(bundle) : undefined;
  const entry = map?.findEntry(frame.getLineNumber()! - 1, frame.getColumnNumber()! - 1);
  if (entry === undefined || !("originalSource" in entry)) return frame;
  const { originalSource: file, originalLine: line, originalColumn: column } = entry;
  const place = `${file}:${line + 1}:${column + 1}`;
  const name = frame.getFunctionName();
  const told: Partial<Record<string | symbol, () => unknown>> = {
    getFileName: () => file,
    getScriptNameOrSourceURL: () => file,
    getLineNumber: () => line + 1,
    getColumnNumber: () => column + 1,
    toString: () => (name === null ? place : `${name} (${place})`),
  };
  return new Proxy(frame, {
    get(target, key) {
      const own: unknown = Reflect.get(target, key);
      return told[key] ?? (typeof own === "function" ? own.bind(target) : own);
    },
  });
}

/** The message, and the first place outside of this file. */
function placed(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const places = [...(error.stack ?? "").matchAll(/((?:file:\/\/)?\/[^\s()]+):(\d+):(\d+)/g)];
  const ourselves = fileURLToPath(import.meta.url);
  for (const [, where, line, column] of places) {
    const path = where!.startsWith("file:") ? fileURLToPath(where!) : where!;
    if (path !== ourselves) return `${canonical(path)}:${line}:${column}: ${error.message}`;
  }
  return error.message;
}
