/** Named moments: "before the second send of commit", from and to the language. */

import { z } from "zod";
import type { Cluster, PlannedMoment } from "../faults/fault.ts";
import { didYouMean } from "../sim/suggest.ts";
import { doc } from "./fields.ts";
import { found, type Path, type Report } from "./problems.ts";
import type { MomentRange } from "./scenario.ts";
import { anyName, everyEffect, type MomentWord, momentWords, nameless, type places } from "./words.ts";

const words = Object.keys(momentWords) as MomentWord[];
const example = "{ send: commit, nth: 2 }";
const someNth = { error: "expected a number such as 2, or a range such as 1..5" };

const named = Object.fromEntries(
  words.map((word) => [
    word,
    z.string({ error: "expected its name, or any" }).describe(`The moment at which ${momentWords[word]}.`).optional(),
  ]),
) as Record<MomentWord, z.ZodOptional<z.ZodString>>;

const keys = z.strictObject({
  ...named,
  by: doc(
    z.string(),
    "Whose moments count: a node's name, a role, or a selector of the protocol (default: with before and after the fault's target, with when anybody).",
    "leader",
  ).optional(),
  nth: doc(
    z.union([z.int().min(1), z.string().regex(/^\d{1,6}\.\.\d{1,6}$/, someNth)], someNth),
    "Which of these moments, counted from 1 (default: 1); or drawn from a range.",
    2,
    "1..5",
  ).optional(),
});

const either = { oneOf: words.map((word) => ({ required: [word] })) };

/** A moment by its name. */
export const moment = keys.meta(either);
/** Or every one. */
const expected = `expected a moment such as ${example}, or ${everyEffect}`;
export const everyMoment = z.union([z.literal(everyEffect, { error: expected }), moment], { error: expected });

export type WrittenMoment = z.output<typeof keys>;

export function compileMoment(
  place: (typeof places)[number],
  written: WrittenMoment,
  path: Path,
  cluster: Cluster,
  explicit: boolean,
  report: Report,
): MomentRange {
  const here = words.filter((word) => written[word] !== undefined);
  const what = here[0] ?? "send";
  if (here.length === 0)
    report(path, `expected a moment (one of ${words.join(", ")}) with its name, such as ${example}, found none`);
  if (here.length > 1)
    report([...path, here[1]!], `a moment is one thing, found ${here.join(" and ")}; take one of them out`, "key");
  const name = written[what] ?? anyName;
  if (nameless.includes(what) && name !== anyName) {
    report([...path, what], `expected any, as ${what === "sync" ? "a sync" : "an effect"} has no name, found ${found(name)}`);
  }
  const nth = nthOf(written.nth ?? 1, [...path, "nth"], report);
  if (explicit && nth.min !== nth.max) {
    report([...path, "nth"], `nothing is drawn in an explicit scenario; write one number such as ${nth.min}`);
  }
  const { by } = written;
  if (by !== undefined && by !== anyName) checkBy(by, [...path, "by"], cluster, report);
  return { place, what, nth, ...(name === anyName ? {} : { name }), ...(by === undefined || by === anyName ? {} : { by }) };
}

function nthOf(nth: number | string, path: Path, report: Report): MomentRange["nth"] {
  if (typeof nth === "number") return { min: nth, max: nth };
  const [min, max] = nth.split("..").map(Number) as [number, number];
  if (min === 0) report(path, `moments are counted from 1, found ${nth}`);
  if (min <= max) return { min, max };
  report(path, `the range ${nth} is upside down; did you mean ${max}..${min}?`);
  return { min: max, max: min };
}

function checkBy(by: string, path: Path, { servers, clients, selectors }: Cluster, report: Report): void {
  const known = [...new Set([...servers.flatMap(({ id, role }) => [id, role]), ...clients, ...selectors])];
  if (!known.includes(by))
    report(path, `"${by}" is no node, role or selector of this cluster; ${didYouMean(by, [...known, anyName])}`);
}

/** The moment as it stands in an explicit scenario: under its place, `{ send: commit, nth: 2 }`. */
export function explicitMoment({ place, what, name, by, nth }: PlannedMoment): object {
  return { [place]: { [what]: name ?? anyName, ...(by === undefined ? {} : { by }), nth } };
}
