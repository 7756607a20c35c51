/** The door to everything outside that a protocol can reach without meeting a trap: while a run that does not repeat is played again, who touches what. */

import { createRequire, syncBuiltinESMExports } from "node:module";

/** What answers otherwise at another time or on another machine. The traps of a run refuse the rest (Date, Math.random, timers ...). */
const functions: Readonly<Record<string, readonly string[]>> = {
  "node:crypto": ["randomBytes", "randomUUID", "randomInt", "randomFillSync", "generateKeyPairSync", "generateKeySync"],
  "node:os": [
    "hostname",
    "cpus",
    "freemem",
    "totalmem",
    "uptime",
    "loadavg",
    "tmpdir",
    "homedir",
    "networkInterfaces",
    "userInfo",
  ],
  "node:fs": [
    "readFileSync",
    "existsSync",
    "statSync",
    "readdirSync",
    "writeFileSync",
    "appendFileSync",
    "openSync",
    "mkdtempSync",
  ],
  "node:v8": ["getHeapStatistics"],
};
const ofProcess = ["uptime", "memoryUsage", "cpuUsage", "resourceUsage", "cwd"] as const;

const ours = /node:internal|[\\/]harness[\\/]run[\\/]ambient\./;

/**
 * Calls `play` and notes which of these sources were used in it, each with the line that did so. Everything goes on working; the line is
 * the nearest one outside of Node's own.
 */
export function touchedBy<T>(play: () => T): { readonly result: T; readonly touched: readonly string[] } {
  const touched = new Set<string>();
  const undo: (() => void)[] = [];
  const watch = (holder: Record<string, unknown>, key: string, name: string): void => {
    const real = holder[key];
    if (typeof real !== "function") return;
    const call = real as (...args: unknown[]) => unknown;
    const noted = function (this: unknown, ...args: unknown[]): unknown {
      touched.add(`${name}${place(new Error().stack)}`);
      return Reflect.apply(call, this, args);
    };
    holder[key] = Object.assign(noted, real);
    undo.push(() => {
      holder[key] = real;
    });
  };
  const load = createRequire(import.meta.url);
  for (const [module, names] of Object.entries(functions))
    for (const name of names) watch(load(module) as Record<string, unknown>, name, `${module.slice("node:".length)}.${name}`);
  for (const name of ofProcess) watch(process as unknown as Record<string, unknown>, name, `process.${name}`);
  // What was imported by its name is another reference to the same function.
  syncBuiltinESMExports();
  const { env } = process;
  process.env = new Proxy(env, {
    get(target, key) {
      if (typeof key === "string") touched.add(`process.env.${key}${place(new Error().stack)}`);
      return Reflect.get(target, key) as unknown;
    },
  });
  try {
    return { result: play(), touched: [...touched] };
  } finally {
    process.env = env;
    for (const back of undo) back();
    syncBuiltinESMExports();
  }
}

/** " at mine.ts:12": the nearest line that is not Node's and not this file's. */
function place(stack: string | undefined): string {
  const line = (stack ?? "")
    .split("\n")
    .slice(1)
    .find((frame) => !ours.test(frame) && /:\d+:\d+\)?$/.test(frame));
  const at = /([^\s()/\\]+:\d+):\d+\)?$/.exec(line ?? "");
  return at === null ? "" : ` at ${at[1]}`;
}
