/** Fault items: which fault is meant, when it happens, for how long. */

import type { Cluster, Fault } from "../faults/fault.ts";
import { closest, didYouMean } from "../sim/suggest.ts";
import { formatUs } from "../sim/units.ts";
import { conform, type Hint } from "./explain.ts";
import { compileMoment, type WrittenMoment } from "./moments.ts";
import { found, type Path, type Report } from "./problems.ts";
import { range } from "./ranges.ts";
import type { FaultItem, RangeUs, When } from "./scenario.ts";
import { envelope, faultSchema } from "./schema.ts";
import { everyEffect, places, whenWords } from "./words.ts";

/** An item whose form is right. */
export interface ReadItem {
  readonly path: Path;
  readonly fault: Fault;
  /** Less its name and times; with the fault's defaults. */
  readonly item: object;
  readonly name?: string;
  readonly at?: string;
  readonly every?: string;
  readonly when?: WrittenMoment;
  readonly before?: WrittenMoment | typeof everyEffect;
  readonly after?: WrittenMoment | typeof everyEffect;
  readonly for?: string;
}

type Keys = Readonly<Record<string, unknown>>;

/** The form of one item; undefined when it is wrong, which has been reported then. */
export function readItem(raw: unknown, path: Path, faults: readonly Fault[], report: Report, hint: Hint): ReadItem | undefined {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    const example =
      typeof raw === "string" && faults.some(({ word }) => word === raw) ? `; write "- ${raw}: " and whom it hits` : "";
    report(path, `expected a fault with its target, found ${found(raw)}${example}`);
    return undefined;
  }
  const keys = raw as Keys;
  const fault = faultWord(keys, path, faults, report);
  if (fault === undefined) return undefined;

  const times = Object.keys(keys).filter((key) => (whenWords as readonly string[]).includes(key));
  const bad = times.length > 1;
  if (bad) {
    const [one, two] = times;
    report(
      [...path, two!],
      `an item has one word that says when it happens, found ${one} and ${two}; take one of them out`,
      "key",
    );
  }
  const { for: lasting, ...others } = keys;
  const unfit = fault.lasts === "moment" && lasting !== undefined;
  if (unfit) report([...path, "for"], `${fault.word} happens at one moment and lasts for nothing; take the key out`, "key");
  const read = conform(faultSchema(fault), unfit ? others : keys, path, report, hint) as Keys | undefined;
  if (read === undefined || bad || unfit) return undefined;
  const own = Object.fromEntries(Object.entries(read).filter(([key]) => !Object.hasOwn(envelope, key)));
  const written = Object.fromEntries(Object.entries(read).filter(([key]) => Object.hasOwn(envelope, key)));
  return { path, fault, item: own, ...written };
}

/** The one key that says what happens. */
function faultWord(keys: Keys, path: Path, faults: readonly Fault[], report: Report): Fault | undefined {
  const words = faults.map(({ word }) => word);
  const here = faults.filter(({ word }) => Object.hasOwn(keys, word));
  if (here.length <= 1) {
    const [only] = here;
    if (only !== undefined) return only;
    const unknown = Object.keys(keys).filter((key) => !Object.hasOwn(envelope, key));
    const slip = unknown.find((key) => closest(key, words) !== undefined) ?? unknown[0];
    const rest = Object.keys(keys);
    const others = rest.length === 0 ? "an empty map" : `only ${rest.join(" and ")}`;
    if (slip === undefined) report(path, `expected one of ${words.join(", ")} with its target, found ${others}`);
    else report([...path, slip], `there is no fault "${slip}"; ${didYouMean(slip, words)}`, "key");
    return undefined;
  }
  // An option of one fault may be called like another fault.
  const meant = here.filter((fault) => here.every(({ word }) => Object.hasOwn(faultSchema(fault).shape, word)));
  if (meant.length === 1) return meant[0];
  const inOrder = Object.keys(keys).filter((key) => words.includes(key));
  report([...path, inOrder[1]!], `an item is one fault, found ${inOrder.join(" and ")}; make an item of each`, "key");
  return undefined;
}

// Each occurrence is a part of the plan, which is drawn, run, shrunk and printed.
const mostOccurrences = 1_000;

/** What the items mean in this cluster. `explicit`: nothing is left to be drawn. */
export function compileItems(
  items: readonly ReadItem[],
  cluster: Cluster,
  withinUs: number,
  explicit: boolean,
  report: Report,
  lineOf: (path: Path) => number,
): readonly FaultItem[] {
  const unnamed = new Map<string, number>();
  const first = new Map<string, number>();
  let enumerating: number | undefined;
  return items.map((read) => {
    const { path, fault, item, name } = read;
    const number = (unnamed.get(fault.word) ?? 0) + 1;
    if (name === undefined) unnamed.set(fault.word, number);
    const id = name ?? `${fault.word}-${number}`;
    const line = lineOf(path);
    const before = first.get(id);
    if (before !== undefined) {
      const where = [...path, ...(name === undefined ? [] : ["name"])];
      report(where, `the fault on line ${before} is called "${id}" too; give this one a name of its own`);
    }
    first.set(id, line);
    if (name?.includes(".") && !explicit) {
      report(
        [...path, "name"],
        `expected a name without a dot, found "${name}"; a dot and a number mark one of many in an explicit scenario`,
      );
    }
    const { lengthOption } = fault;
    if (read.for !== undefined && lengthOption !== undefined && Object.hasOwn(item, lengthOption)) {
      report([...path, "for"], `"${lengthOption}" says already how long it lasts; take one of the two out`, "key");
    }
    for (const problem of fault.check(item, cluster)) report([...path, ...problem.path], problem.message);
    const times = compileTimes(read, cluster, withinUs, explicit, report);
    if ("enumerate" in times.when) {
      if (enumerating !== undefined) {
        report(
          [...path, times.when.enumerate.place],
          `the fault on line ${enumerating} goes through every effect already; only one can`,
          "key",
        );
      }
      enumerating ??= line;
    }
    return { id, fault: fault.word, item, line, ...times };
  });
}

function compileTimes(
  read: ReadItem,
  cluster: Cluster,
  withinUs: number,
  explicit: boolean,
  report: Report,
): Pick<FaultItem, "when" | "for"> {
  const { path, fault } = read;
  const named = whenNamed(read, cluster, explicit, report);
  const at = range(read.at ?? "0s", [...path, "at"], report);
  const lasting = read.for === undefined ? undefined : range(read.for, [...path, "for"], report);
  const rest = lasting === undefined ? {} : { for: lasting };
  if (explicit) {
    if (read.every !== undefined) {
      report([...path, "every"], "nothing is drawn in an explicit scenario; give each occurrence an item with its own at", "key");
    }
    single(at, [...path, "at"], report);
    if (lasting !== undefined) single(lasting, [...path, "for"], report);
    return { when: named ?? { at }, ...rest };
  }
  if (lasting?.minUs === 0) report([...path, "for"], `expected a duration above 0, found ${read.for}`);
  if (named !== undefined) return { when: named, ...rest };
  if (read.every !== undefined) {
    const every = range(read.every, [...path, "every"], report);
    const least = Math.max(1_000, Math.ceil(withinUs / mostOccurrences));
    if (every.minUs < least) {
      report(
        [...path, "every"],
        `gaps of ${formatUs(every.minUs)} are too short: in ${formatUs(withinUs)} they may be ${formatUs(least)} at the least`,
      );
    }
    return { when: { every }, ...rest };
  }
  if (lasting === undefined && fault.usualForUs === undefined && at.maxUs >= withinUs) {
    const longer = fault.lasts === "for" ? ', or say with "for" how long it lasts' : "";
    const end = `${formatUs(withinUs)}, when the clients are done and everything heals`;
    report([...path, "at"], `${read.at} is not before ${end}; let it come earlier${longer}`);
  }
  return { when: { at }, ...rest };
}

/** Of an item that waits for a moment, which. */
function whenNamed(read: ReadItem, cluster: Cluster, explicit: boolean, report: Report): When | undefined {
  const place = places.find((word) => read[word] !== undefined);
  if (place === undefined) return undefined;
  const written = read[place]!;
  const path = [...read.path, place];
  if (written !== everyEffect) return { moment: compileMoment(place, written, path, cluster, explicit, report) };
  if (explicit)
    report(path, "nothing is drawn in an explicit scenario; write which effect it is, such as { effect: any, nth: 3 }");
  return { enumerate: { place: place === "before" ? "before" : "after" } };
}

function single({ minUs, maxUs }: RangeUs, path: Path, report: Report): void {
  if (minUs !== maxUs) report(path, `nothing is drawn in an explicit scenario; write one duration such as ${formatUs(minUs)}`);
}
