/** Where in a protocol's source something was written: "protocols/raft/raft.ts:214". Of effects it is asked only when a trace is kept. */

/** The files through which a call on ctx goes on its way here. */
const onTheWay = /\/sim\/(?:sites|effects|context(?:-[a-z]+)?)\.[jt]s$/;
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
  const house = /(?:^|\/)((?:protocols|harness)\/.+)$/.exec(file)?.[1];
  return `${house ?? file.split("/").slice(-2).join("/")}:${line}`;
}
