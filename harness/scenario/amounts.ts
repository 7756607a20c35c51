/** Amounts of a scenario that may be varied one at a time: by which path each is named, and the file with another one in its place. */

import { z } from "zod";
import { didYouMean } from "../sim/suggest.ts";
import { formatShare, formatUs, parseRange, parseShares, patterns } from "../sim/units.ts";
import { variants } from "./cases.ts";
import type { Catalogue } from "./catalogue.ts";
import { writeData } from "./expand.ts";
import { optionKind } from "./options.ts";
import { renamed } from "./own.ts";
import type { Path } from "./problems.ts";
import { envelope, faultSchema } from "./schema.ts";
import { whenWords } from "./words.ts";
import { readYaml } from "./yaml.ts";

/** Durations count in microseconds, rates in parts per million. */
export type AmountKind = "duration" | "rate" | "number";

export interface Amount {
  /** As it is named on a command line: "nap.for", "workload.lease", "options.heartbeat", "settle". */
  readonly path: string;
  /** What else names it: `skewed.drift` the one amount that a clock-drift has of its own. */
  readonly also?: readonly string[];
  readonly at: Path;
  readonly kind: AmountKind;
  /** -1: it stands below zero, and grows downwards; 0: a range around zero, which grows on both sides. */
  readonly sign: 1 | -1 | 0;
  /** How far from zero the file has it; absent where a default holds that no file names. */
  readonly size?: number;
}

type Keys = Readonly<Record<string, unknown>>;

/** One case of a file, as data. */
export interface Spread {
  readonly data: Keys;
  readonly amounts: readonly Amount[];
}

/** `text` has been loaded before with this catalogue; `name` is its case. */
export function spread(text: string, file: string, name: string | undefined, catalogue: Catalogue): Spread {
  const yaml = readYaml(text);
  if (!("data" in yaml)) throw new Error("only a scenario that has been loaded has amounts");
  const variant = variants(yaml.data as Keys, () => {}).find((one) => one.name === name);
  if (variant === undefined) throw new Error(`there is no case "${name}"`);
  // Written elsewhere, the user's own files are named from the working directory.
  const { claim: _claim, ...data } = renamed(variant.data, catalogue.own?.names[file] ?? {}) as Keys;
  return { data, amounts: [...faultAmounts(data, catalogue), ...otherAmounts(data, catalogue)] };
}

/** The amount of this path, or the sentence about what could have been meant. */
export function amountAt(amounts: readonly Amount[], path: string): Amount | string {
  const exact = amounts.find((amount) => amount.path === path) ?? amounts.find(({ also }) => also?.includes(path));
  if (exact !== undefined) return exact;
  const own = amounts.filter(({ path: other }) => other.startsWith(`${path.split(".")[0]}.`));
  const [only, ...others] = own;
  if (only !== undefined && others.length === 0 && !path.includes(".")) return only;
  const known = (own.length > 0 ? own : amounts).map(({ path: other }) => other);
  return `there is no amount "${path}" in this scenario; ${didYouMean(path, known)}`;
}

/** The file with this amount, as text that loads by itself. A range becomes the one amount, or the range around zero that it was. */
export function withAmount({ data }: Spread, amount: Amount, size: number): string {
  const entries = Object.entries(put(data, amount.at, written(amount, size)) as Keys);
  return writeData(entries);
}

/** "2s", "6%", "3": as it stands in the file. */
export function written({ kind, sign }: Pick<Amount, "kind" | "sign">, size: number): string | number {
  if (kind === "number") return sign < 0 ? -size : size;
  const format = kind === "duration" ? formatUs : formatShare;
  return sign === 0 ? `${format(-size)}..${format(size)}` : format(sign * size);
}

/** How an amount given by itself reads: on the command line, where a minus is understood. Undefined when it is of another kind. */
export function readSize(text: string, { kind }: Pick<Amount, "kind">): number | undefined {
  const read = kind === "number" ? Number(/^\d+$/.test(text) ? text : Number.NaN) : sized(text, kind)?.size;
  return read === undefined || Number.isNaN(read) ? undefined : read;
}

function faultAmounts({ faults }: Keys, catalogue: Catalogue): Amount[] {
  const unnamed = new Map<string, number>();
  return ((faults ?? []) as readonly Keys[]).flatMap((item, i): Amount[] => {
    const here = catalogue.faults.filter(({ word }) => Object.hasOwn(item, word));
    const fault = here.find((one) => here.every(({ word }) => Object.hasOwn(faultSchema(one).shape, word)));
    if (fault === undefined) return [];
    const { word } = fault;
    const nth = (unnamed.get(word) ?? 0) + 1;
    if (item["name"] === undefined) unnamed.set(word, nth);
    const id = typeof item["name"] === "string" ? item["name"] : `${word}-${nth}`;
    const shape = faultSchema(fault).shape as Readonly<Record<string, z.ZodType>>;
    return Object.entries(shape).flatMap(([key, schema]): Amount[] => {
      const time = (whenWords as readonly string[]).includes(key);
      // What waits for a moment has no amount there, and a time that the item does not name is another item.
      if (key === "name" || (time && item[key] === undefined)) return [];
      const whole = key === "for" && fault.lengthOption !== undefined;
      const at = ["faults", i, key];
      const found = whole && item[key] === undefined ? [] : amountsIn(item[key], `${id}.${key}`, at, schema);
      const main = !Object.hasOwn(envelope, key) && key !== word;
      return main
        ? found.map((amount) => ({ ...amount, also: [word, ...word.split("-")].map((part) => `${id}.${part}`) }))
        : found;
    });
  });
}

function otherAmounts(data: Keys, { protocols, workloads }: Catalogue): Amount[] {
  const protocol = protocols.find(({ name }) => name === data["protocol"]);
  const [[serving, settings]] = Object.entries((data["workload"] ?? {}) as Keys) as [[string, unknown]];
  const workload = workloads.find(({ name }) => name === serving);
  const options = (data["options"] ?? {}) as Keys;
  return [
    ...Object.entries(shapeOf(workload?.schema)).flatMap(([key, schema]) =>
      amountsIn((settings as Keys)[key], `workload.${key}`, ["workload", serving, key], schema),
    ),
    ...Object.entries(protocol?.options ?? {}).flatMap(([key, spec]) => {
      const kind = optionKind(spec);
      if (kind === "flag" || kind === "choice") return [];
      return amountsIn(options[key] ?? spec.default, `options.${key}`, ["options", key]);
    }),
    ...["network", "clients", "nodes", "spare", "settle"].flatMap((key) => amountsIn(data[key], key, [key])),
  ];
}

function shapeOf(schema: unknown): Readonly<Record<string, z.ZodType>> {
  return schema instanceof z.ZodObject ? (schema.shape as Readonly<Record<string, z.ZodType>>) : {};
}

/** The amounts that stand at a place; of one where nothing stands, what its schema would take. */
function amountsIn(value: unknown, path: string, at: Path, schema?: z.ZodType): Amount[] {
  if (value === undefined) return schema === undefined ? [] : absent(schema, path, at);
  if (typeof value === "number")
    return Number.isSafeInteger(value) && value >= 0 ? [{ path, at, kind: "number", sign: 1, size: value }] : [];
  if (typeof value === "string") {
    const kind = patterns.shifts.test(value)
      ? "duration"
      : patterns.rates.test(value) || patterns.shares.test(value)
        ? "rate"
        : undefined;
    return kind === undefined ? [] : [{ path, at, kind, ...sized(value, kind)! }];
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, field]) => amountsIn(field, `${path}.${key}`, [...at, key]));
}

function absent(schema: z.ZodType, path: string, at: Path): Amount[] {
  const takes = (value: unknown): boolean => schema.safeParse(value).success;
  if (takes("1s") && !takes("1%") && !takes("word")) return [{ path, at, kind: "duration", sign: 1 }];
  if (takes("1%") && !takes("1s") && !takes("word")) return [{ path, at, kind: "rate", sign: 1 }];
  return [];
}

function sized(text: string, kind: "duration" | "rate"): { readonly sign: 1 | -1 | 0; readonly size: number } | undefined {
  const range = kind === "duration" ? parseRange(text) : parseShares(text);
  if (range === undefined) return undefined;
  const [min, max] = "minUs" in range ? [range.minUs, range.maxUs] : [range.minPpm, range.maxPpm];
  const size = Math.max(Math.abs(min), Math.abs(max));
  return { size, sign: min < 0 && max > 0 ? 0 : min < 0 ? -1 : 1 };
}

function put(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(data)) return data.map((item: unknown, i) => (i === step ? put(item, rest, value) : item));
  const map = (data ?? {}) as Keys;
  return { ...map, [step]: put(map[step], rest, value) };
}
