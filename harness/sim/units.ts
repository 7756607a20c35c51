/** Durations and shares as people write them ("500ms", "1s..3s", "20%"), to and from whole microseconds and parts per million. */

/** A range of microseconds, both ends included; min = max for a single value. */
export interface RangeUs {
  readonly minUs: number;
  readonly maxUs: number;
}

/** A range of parts per million, both ends included. */
export interface RangePpm {
  readonly minPpm: number;
  readonly maxPpm: number;
}

// The digits are bounded so that every text of these forms is an exact count of microseconds.
const length = String.raw`(?:\d{1,9}(?:\.\d{1,6})?(?:us|ms|s)|\d{1,7}(?:\.\d{1,6})?m)`;
const part = String.raw`(?:100(?:\.0{1,4})?|\d{1,2}(?:\.\d{1,4})?)%`;
const rate = String.raw`(?:\d{1,3}(?:\.\d{1,4})?%|\d{1,7}ppm)`;

const alone = (form: string): RegExp => new RegExp(`^${form}$`);
const oneOrRange = (form: string): RegExp => alone(`${form}(?:\\.\\.${form})?`);

/** What each kind of text looks like; the schema shows these to editors. Whatever matches can be parsed. */
export const patterns = {
  duration: alone(length),
  durations: oneOrRange(length),
  shift: alone(`-?${length}`),
  shifts: oneOrRange(`-?${length}`),
  share: alone(part),
  shares: oneOrRange(part),
  rate: alone(`-?${rate}`),
  rates: oneOrRange(`-?${rate}`),
} as const;

const unitUs: Readonly<Record<string, number>> = { us: 1, ms: 1_000, s: 1_000_000, m: 60_000_000 };

/** "500ms", "1.5s", "2m", "250us", "-200ms", in microseconds (a fraction of one is rounded); undefined when it is nothing of the kind. */
export function parseDuration(text: string): number | undefined {
  return patterns.shift.test(text) ? scaled(text, /[a-z]+$/, unitUs) : undefined;
}

/** "1s..3s", "-200ms..200ms", or a single duration. A range upside down is returned as it is written. */
export function parseRange(text: string): RangeUs | undefined {
  const ends = parseEnds(text, parseDuration);
  return ends && { minUs: ends[0], maxUs: ends[1] };
}

/** The shortest exact text: "1.5s", "812.345ms", "7us", "2m". */
export function formatUs(us: number): string {
  if (us < 0) return `-${formatUs(-us)}`;
  if (us === 0) return "0s";
  if (us % 60_000_000 === 0) return `${us / 60_000_000}m`;
  if (us >= 1_000_000) return `${decimal(us, 6)}s`;
  return us >= 1_000 ? `${decimal(us, 3)}ms` : `${us}us`;
}

export function formatRange({ minUs, maxUs }: RangeUs): string {
  return minUs === maxUs ? formatUs(minUs) : `${formatUs(minUs)}..${formatUs(maxUs)}`;
}

/** "20%", "0.5%", "-3%", "150ppm", in parts per million. */
export function parseShare(text: string): number | undefined {
  return patterns.rate.test(text) ? scaled(text, /%|ppm$/, { "%": 10_000, ppm: 1 }) : undefined;
}

/** "10%..40%", or a single share. */
export function parseShares(text: string): RangePpm | undefined {
  const ends = parseEnds(text, parseShare);
  return ends && { minPpm: ends[0], maxPpm: ends[1] };
}

/** The exact percentage: "20%", "0.0150%" without its last zero. */
export function formatShare(ppm: number): string {
  return ppm < 0 ? `-${formatShare(-ppm)}` : `${decimal(ppm, 4)}%`;
}

function scaled(text: string, unit: RegExp, scale: Readonly<Record<string, number>>): number {
  const [name] = unit.exec(text)!;
  // + 0 makes the 0 of "-0ms" the usual one.
  return Math.round(Number(text.slice(0, -name.length)) * scale[name]!) + 0;
}

function parseEnds(text: string, parse: (end: string) => number | undefined): readonly [number, number] | undefined {
  const dots = text.indexOf("..");
  const first = parse(dots < 0 ? text : text.slice(0, dots));
  const last = dots < 0 ? first : parse(text.slice(dots + 2));
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** `count` / 10^places, without trailing zeros and without ever touching a binary fraction. */
function decimal(count: number, places: number): string {
  const digits = String(count).padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return digits.slice(0, -places) + (fraction === "" ? "" : `.${fraction}`);
}
