/** The axis of time: even by the clock, or stretched where something happens and pressed together where nothing does. */

/** Monotone and piecewise linear, both ways. */
export interface Axis {
  readonly total: number;
  /** From microseconds to places on the axis. */
  at(us: number): number;
  /** And back. */
  us(place: number): number;
}

export function clockAxis(fromUs: number, toUs: number): Axis {
  const total = Math.max(1, toUs - fromUs);
  return { total, at: (us) => us - fromUs, us: (place) => place + fromUs };
}

/** How much room a moment takes, by how loud it is. */
const room = [3, 7, 14] as const;

/** Each moment gets room for what happens in it; an idle stretch gets a little more the longer it is, but never much. */
export function eventAxis(moments: readonly { readonly atUs: number; readonly loud: 0 | 1 | 2 }[]): Axis {
  const times: number[] = [];
  const places: number[] = [];
  let place = 0;
  let before: 0 | 1 | 2 = 0;
  for (const { atUs, loud } of moments) {
    const last = times.length - 1;
    if (last >= 0 && times[last] === atUs) {
      // Louder than it seemed: its room is on its left.
      if (loud > before) {
        place += room[loud] - room[before];
        places[last] = place;
        before = loud;
      }
      continue;
    }
    const idle = last < 0 ? 0 : atUs - times[last]!;
    place += room[loud] + (32 - Math.clz32(Math.floor(idle / 1000))) * 0.7;
    times.push(atUs);
    places.push(place);
    before = loud;
  }
  if (times.length === 0) return clockAxis(0, 1);
  // Room for the words of the last event.
  const edge = 70;
  const total = place + edge;
  return {
    total,
    at: (us) => interpolate(times, places, us, 0, total),
    us: (at) => interpolate(places, times, at, times[0]!, times.at(-1)!),
  };
}

/** Between known points straight; before the first `low`, behind the last towards `high`. */
function interpolate(from: readonly number[], to: readonly number[], x: number, low: number, high: number): number {
  const i = firstAtLeast(from, x);
  if (i === from.length) return Math.min(high, to.at(-1)!);
  if (from[i] === x) return to[i]!;
  if (i === 0) return x <= 0 ? low : low + ((to[0]! - low) * x) / Math.max(1, from[0]!);
  const share = (x - from[i - 1]!) / (from[i]! - from[i - 1]!);
  return to[i - 1]! + share * (to[i]! - to[i - 1]!);
}

/** The first place in a sorted list that is not below x. */
function firstAtLeast(sorted: readonly number[], x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The two that a board may be drawn along. */
export interface Axes {
  readonly events: Axis;
  readonly clock: Axis;
}

/** What is shown of an axis: from a place to a place. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** The same stretch of time on another axis. */
export function carried({ from, to }: Window, before: Axis, after: Axis): Window {
  return { from: after.at(before.us(from)), to: after.at(before.us(to)) };
}

/** Zooms around a place, within the axis. */
export function zoomed(window: Window, total: number, around: number, factor: number): Window {
  const least = Math.min(total, 4);
  const width = Math.max(least, Math.min(total, (window.to - window.from) * factor));
  const share = (around - window.from) / (window.to - window.from);
  return kept({ from: around - share * width, to: around + (1 - share) * width }, total);
}

export function moved(window: Window, total: number, by: number): Window {
  return kept({ from: window.from + by, to: window.to + by }, total);
}

function kept({ from, to }: Window, total: number): Window {
  const width = Math.min(total, to - from);
  const start = Math.max(0, Math.min(total - width, from));
  return { from: start, to: start + width };
}

/** Brings a place into the window, when it is not there or close to its edge. */
export function showing(window: Window, total: number, place: number): Window {
  const width = window.to - window.from;
  const edge = width * 0.08;
  if (place >= window.from + edge && place <= window.to - edge) return window;
  return kept({ from: place - width / 2, to: place + width / 2 }, total);
}

/** Times to write at an axis: not nearer to each other than `least` pixels. */
export function ticks(
  axis: Axis,
  window: Window,
  pixels: number,
  least: number,
): { readonly us: number; readonly share: number }[] {
  const count = Math.max(1, Math.floor(pixels / least));
  const width = window.to - window.from;
  const found: { us: number; share: number }[] = [];
  for (let i = 0; i <= count; i++) {
    const us = rounded(axis.us(window.from + (width * i) / count), axis.us(window.from + (width * (i + 1)) / count));
    const share = (axis.at(us) - window.from) / width;
    const last = found.at(-1);
    if (share < 0 || share > 1) continue;
    if (last === undefined || (us > last.us && (share - last.share) * pixels >= least * 0.8)) found.push({ us, share });
  }
  return found;
}

/** The roundest time from `low` on and below `high`. */
function rounded(low: number, high: number): number {
  for (let step = 10_000_000; step >= 1; step /= 10) {
    for (const unit of [step, step / 2]) {
      if (unit < 1) continue;
      const up = Math.ceil(low / unit) * unit;
      if (up < high) return up;
    }
  }
  return Math.round(low);
}

/** "812 ms", "2.35 s", "812.345 ms" */
export function timeText(us: number): string {
  if (us >= 1_000_000 && us % 10_000 === 0) return `${us / 1_000_000} s`;
  return `${us / 1000} ms`;
}
