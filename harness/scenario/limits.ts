/** What a campaign may cost: figures of its runs, in virtual time, each with the most that it may be. */

import { z } from "zod";
import { parseDuration } from "../sim/units.ts";
import { duration } from "../sim/units-schema.ts";
import { doc } from "./fields.ts";
import type { FigureName, Limit } from "./scenario.ts";

/** Each with what it measures; one value or many from every run. */
const figureDocs: Readonly<Record<FigureName, string>> = {
  failover: "From the first effect of a fault to the next answered operation",
  unavailable: "The longest time of a run in which operations were open and none was answered",
  latency: "From an operation's invocation to its ok",
  messages: "Messages of a run for each answered operation",
};

const quantiles = { p50: "half of the values", p95: "95% of the values", p99: "99% of the values", max: "every value" } as const;
const many = z.number({ error: "expected a number such as 40" }).positive({ error: "expected a number above 0" });

const shape = Object.fromEntries(
  (Object.keys(figureDocs) as FigureName[]).flatMap((figure) => {
    const most = figure === "messages" ? many : duration;
    const one = (key: string, share: string) => [
      key,
      doc(most, `${figureDocs[figure]}: the most that ${share} may be.`).optional(),
    ];
    const quantile = Object.entries(quantiles).map(([name, share]) => one(`${figure}.${name}`, share));
    return [one(figure, quantiles.max), ...quantile];
  }),
) as Record<string, z.ZodOptional<z.ZodType<string | number>>>;

export const limits = doc(
  z.strictObject(shape),
  "What the runs may cost in virtual time (and messages), as quantiles over all runs; without one, no single value may exceed the limit.",
  { "failover.p95": "2s", unavailable: "3s", messages: 40 },
);

export function compileLimits(written: Readonly<Record<string, string | number | undefined>> | undefined): readonly Limit[] {
  return Object.entries(written ?? {}).flatMap(([key, most]): Limit[] => {
    if (most === undefined) return [];
    const [figure, quantile] = key.split(".") as [FigureName, Limit["quantile"] | undefined];
    return [{ figure, quantile: quantile ?? "max", most: typeof most === "number" ? most : parseDuration(most)! }];
  });
}

/** "failover.p95", or "messages" where no value may exceed it. */
export function limitName({ figure, quantile }: Limit): string {
  return quantile === "max" ? figure : `${figure}.${quantile}`;
}
