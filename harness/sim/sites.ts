/** Where in a protocol's source something was written: "protocols/raft/raft.ts:214". Of effects it is asked only when a trace is kept. */

/** The files through which a call on ctx goes on its way here. */
const onTheWay = /\/sim\/(?:sites|effects|mutat(?:ion|ing)|survey|context(?:-[a-z]+)?)\.[jt]s$/;
const ours = /^node:|\/sim\/[\w-]+\.[jt]s$/;

/** By the place as V8 knows it: looking one up in a source map takes long. */
const known = new Map<string, string | undefined>();

/** The line that called ctx; undefined when it is the world's own (the default client). */
export function callSite(): string | undefined {
  const { prepareStackTrace, stackTraceLimit } = Error;
  // Enough for the longest way, from Log.append, and one more.
  Error.stackTraceLimit = 6;
  try {
    Error.prepareStackTrace = rawPlace;
    const place = stackFrom(callSite);
    if (known.has(place)) return known.get(place);
    // As it is told to people, source maps and all.
    Error.prepareStackTrace = prepareStackTrace;
    const caller = framesOf(stackFrom(callSite)).find(({ file }) => !onTheWay.test(file));
    const site = caller === undefined || ours.test(caller.file) ? undefined : told(caller);
    known.set(place, site);
    return site;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** All lines of the user's on the way to this call on ctx, the innermost first; empty when it is the world's own. */
export function callPath(): readonly string[] {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = usualDepth;
    Error.prepareStackTrace = rawPath;
    let way = stackFrom(callPath);
    if (!way.endsWith(ended)) {
      Error.stackTraceLimit = deepest;
      way = stackFrom(callPath);
    }
    const seen = knownPaths.get(way);
    if (seen !== undefined) return seen;
    Error.stackTraceLimit = deepest;
    Error.prepareStackTrace = prepareStackTrace;
    const frames = framesOf(stackFrom(callPath));
    const from = frames.findIndex(({ file }) => !onTheWay.test(file));
    const to = frames.findIndex(({ file }, i) => i > from && ours.test(file));
    const path = from < 0 || ours.test(frames[from]!.file) ? [] : frames.slice(from, to < 0 ? frames.length : to);
    for (const { file } of path) wholeNames.set(shortName(file), file);
    const lines = path.map(told);
    knownPaths.set(way, lines);
    return lines;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Frames are what such a stack costs: most paths are short. What is deeper than `deepest` is cut off at its outer end. */
const usualDepth = 12;
const deepest = 40;
const knownPaths = new Map<string, readonly string[]>();
const wholeNames = new Map<string, string>();

/** Marks a path that was taken down as far as the world's own calls of handlers. */
const ended = "|";

/** Where the files of all paths so far lie on this machine, by what they are called in a path. */
export function filesOfPaths(): ReadonlyMap<string, string> {
  return wholeNames;
}

/** The first line of an error's stack that is not the world's own. */
export function siteOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frame = framesOf(error.stack ?? "").find(({ file }) => !ours.test(file));
  return frame === undefined ? undefined : told(frame);
}

interface Frame {
  readonly file: string;
  readonly line: string;
}

function stackFrom(above: () => unknown): string {
  const holder: { stack?: unknown } = {};
  Error.captureStackTrace(holder, above);
  return String(holder.stack);
}

function rawPlace(_error: Error, frames: readonly NodeJS.CallSite[]): string {
  const frame = frames.find((one) => !onTheWay.test(withoutDecoration(one.getFileName() ?? "")));
  return frame === undefined ? "" : `${frame.getFileName()}:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
}

function rawPath(_error: Error, frames: readonly NodeJS.CallSite[]): string {
  let text = "";
  let inside = false;
  for (const frame of frames) {
    const file = frame.getFileName() ?? "";
    const world = isOurs(file);
    // The way to here through ctx comes first; what called the handler is the same for all.
    if (world && inside) return text + ended;
    inside ||= !world;
    text += `${file}:${frame.getPosition()} `;
  }
  // Nobody's but the world's own: the default client.
  return inside ? text : ended;
}

/** By the name as V8 has it, as it is asked for every frame. */
const whose = new Map<string, boolean>();

function isOurs(name: string): boolean {
  let world = whose.get(name);
  if (world === undefined) {
    world = ours.test(withoutDecoration(name));
    whose.set(name, world);
  }
  return world;
}

function framesOf(stack: string): Frame[] {
  return stack.split("\n").flatMap((line) => {
    const [, name, row] = /^\s+at (?:.*\()?(.+):(\d+):\d+\)?$/.exec(line) ?? [];
    return name === undefined || row === undefined ? [] : [{ file: withoutDecoration(name), line: row }];
  });
}

function withoutDecoration(name: string): string {
  return name
    .replace(/^(?:[a-z]+ (?=\/|file:))?(?:file:\/\/)?/, "")
    .replace(/[?#].*$/, "")
    .replaceAll("\\", "/");
}

/** The same on every machine: from protocols/ or harness/ on; of the user's own files the folder and the name. */
function told({ file, line }: Frame): string {
  return `${shortName(file)}:${line}`;
}

function shortName(file: string): string {
  return /(?:^|\/)((?:protocols|harness)\/.+)$/.exec(file)?.[1] ?? file.split("/").slice(-2).join("/");
}
