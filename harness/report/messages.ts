/** What a message is called in a story or a timeline. */

import type { Channel } from "../sim/trace.ts";
import { fields, inWords, visible } from "./text.ts";

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

/** A protocol's message by its `type`, a request by what is asked, an answer by what it says. */
export function messageName(channel: Channel, message: unknown): string {
  switch (channel) {
    case "message": {
      const type = field(message, "type") ?? message;
      return typeof type === "string" ? visible(type) : "message";
    }
    case "request": {
      const f = field(field(message, "op"), "f");
      return typeof f === "string" ? `request ${visible(f)}` : "request";
    }
    case "answer": {
      const kind = field(message, "kind");
      return typeof kind === "string" ? `answer ${visible(kind)}` : "answer";
    }
  }
}

/** The rest of a protocol's message: its fields but `type`. Of requests and answers the clients' columns tell. */
export function messageDetail(channel: Channel, message: unknown): string {
  if (channel !== "message" || typeof message !== "object" || message === null || Array.isArray(message)) return "";
  return fields(message)
    .filter(([key]) => key !== "type")
    .map(([key, value]) => `${visible(key)} ${inWords(value)}`)
    .join(", ");
}
