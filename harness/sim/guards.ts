/**
 * Traps for ambient chance and time: inside a handler they throw a sentence that says what to use instead, and while somebody's files
 * are imported they answer the same everywhere.
 */

import { type Answers, answers } from "./importing.ts";

/** Thrown when protocol code reaches for the outside. */
export class AmbientError extends Error {}

const instead: Readonly<Record<string, string>> = {
  Date: "ctx.now() for the wall clock or ctx.elapsed() for durations",
  "Math.random": "ctx.random",
  "performance.now": "ctx.elapsed()",
  setTimeout: "ctx.setTimer",
  setInterval: "ctx.setTimer, set again in onTimer",
  setImmediate: "ctx.send to oneself, or do it at once",
  queueMicrotask: "nothing: handlers are synchronous",
  fetch: "ctx.send",
  "crypto.randomUUID": "ctx.random, or a counter with ctx.id",
  "crypto.getRandomValues": "ctx.random",
  "process.hrtime": "ctx.elapsed()",
  "process.nextTick": "nothing: handlers are synchronous",
  "new Date(year, month, ...)": "Date.UTC, which does not depend on the machine's time zone",
};
const compare = "< and >, or say which locale is meant";

/** What depends on the machine's language when no locale is given. */
const byLocale: readonly (readonly [string, readonly string[]])[] = [
  ["String", ["localeCompare", "toLocaleLowerCase", "toLocaleUpperCase"]],
  ["Number", ["toLocaleString"]],
  ["BigInt", ["toLocaleString"]],
  ["Array", ["toLocaleString"]],
  ["Date", ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]],
];

function refuse(name: string, use = instead[name]): never {
  throw new AmbientError(`${name} was used inside a handler, where no run could be repeated; use ${use}`);
}

type Holder = Record<string, unknown>;

interface Trap {
  readonly holder: Holder;
  readonly key: string;
  readonly trap: unknown;
  /** What stood there: often nothing, where a method is inherited. */
  readonly before: PropertyDescriptor | undefined;
}

function traps(isInside: () => boolean): Trap[] {
  const world = globalThis as unknown as Holder;
  const found: Trap[] = [];
  const put = (holder: Holder, key: string, trap: unknown): void => {
    found.push({ holder, key, trap, before: Object.getOwnPropertyDescriptor(holder, key) });
  };
  const trapped = (real: unknown, name: string, path = name): unknown => {
    if (typeof real !== "function") return real;
    const call = real as (...args: unknown[]) => unknown;
    const trap = function (this: unknown, ...args: unknown[]): unknown {
      if (isInside()) refuse(name);
      const answer = fixed?.[path];
      return answer === undefined ? call.apply(this, args) : answer(...args);
    };
    // Methods of its own are as ambient as itself (process.hrtime.bigint); the rest stays reachable.
    const own = Object.entries(real).map(([key, value]) => [key, trapped(value, name, `${path}.${key}`)]);
    return Object.assign(trap, real, Object.fromEntries(own));
  };
  const add = (holder: unknown, key: string, name: string): void => {
    const real = (holder as Holder | undefined)?.[key];
    if (typeof real === "function") put(holder as Holder, key, trapped(real, name));
  };
  const RealDate = world["Date"] as DateConstructor;
  const now = trapped(RealDate.now, "Date", "now");
  const TrapDate = new Proxy(RealDate, {
    apply: (target, self, args) => (isInside() ? refuse("Date") : Reflect.apply(target as unknown as () => string, self, args)),
    construct: (target, args, self) => {
      // A date made of one given number is plain arithmetic; "now" is ambient, and so is the machine's time zone.
      if (isInside() && args.length !== 1) refuse(args.length === 0 ? "Date" : "new Date(year, month, ...)");
      if (args.length === 0 && fixed !== undefined) return Reflect.construct(target, [fixed["now"]!()], self) as object;
      return Reflect.construct(target, args, self) as object;
    },
    // The trap itself and not the real one, or whoever keeps `Date.now` before the run has it for good.
    get: (target, key, self) => (key === "now" ? now : (Reflect.get(target, key, self) as unknown)),
  });
  put(world, "Date", TrapDate);
  add(Math, "random", "Math.random");
  add(world["performance"], "now", "performance.now");
  for (const name of ["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "fetch"]) add(world, name, name);
  add(world["crypto"], "randomUUID", "crypto.randomUUID");
  add(world["crypto"], "getRandomValues", "crypto.getRandomValues");
  add(world["process"], "nextTick", "process.nextTick");
  add(world["process"], "hrtime", "process.hrtime");
  for (const [type, methods] of byLocale) {
    const { prototype } = world[type] as { readonly prototype: Holder };
    for (const method of methods) {
      const real = prototype[method] as (...args: unknown[]) => unknown;
      // localeCompare takes the other text first, the others the locale at once.
      const at = method === "localeCompare" ? 1 : 0;
      put(prototype, method, function (this: unknown, ...args: unknown[]): unknown {
        return isInside() && args[at] === undefined
          ? refuse(`${type}.${method} without a locale`, compare)
          : real.apply(this, args);
      });
    }
  }
  return found;
}

let inside = false;
/** Set while files are imported. */
let fixed: Answers | undefined;
let set: Trap[] = [];
let depth = 0;

/** Whether protocol code is running now. A plain variable, as it is switched for every event. */
export function entering(): void {
  inside = true;
}
export function leaving(): void {
  inside = false;
}

/** Puts the traps in place for one run, and returns what takes them away. Outside handlers everything works as before. */
export function setGuards(): () => void {
  if (depth++ === 0) {
    set = traps(() => inside);
    for (const { holder, key, trap, before } of set) {
      Object.defineProperty(holder, key, {
        configurable: true,
        enumerable: before?.enumerable ?? false,
        writable: true,
        value: trap,
      });
    }
  }
  let released = false;
  return () => {
    if (released) return;
    released = true;
    inside = false;
    if (--depth > 0) return;
    for (const { holder, key, before } of set) {
      if (before === undefined) Reflect.deleteProperty(holder, key);
      else Object.defineProperty(holder, key, before);
    }
  };
}

let end: (() => void) | undefined;

/** Whether somebody's files are being imported: as long as they are, what they ask is answered the same everywhere. */
export function importing(begins: boolean): void {
  end?.();
  end = undefined;
  if (!begins) return;
  const release = setGuards();
  fixed = answers();
  end = () => {
    fixed = undefined;
    release();
  };
}
