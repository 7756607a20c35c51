/** The colours of the page as its style names them, for what is drawn on a canvas. */

export type Theme = "light" | "dark" | "system";

const names = [
  "paper",
  "ink",
  "faint",
  "line",
  "lane",
  "server",
  "client",
  "lost",
  "held",
  "late",
  "doubled",
  "message",
  "fact",
  "band",
  "bad",
  "good",
  "info",
  "accent",
] as const;

export type Colours = Readonly<Record<(typeof names)[number], string>>;

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "#888"])) as Colours;
}
