/** A record of the trace in words: a short one for the diagram, a sentence for the panel, its contents as rows. */

import type { TraceRecord } from "../../sim/trace.ts";
import type { PageOperation } from "../html/model.ts";
import { messageName } from "../messages.ts";
import { cut, fields, inWords } from "../text.ts";
import { clockText, type Look, type View } from "./view.ts";

export type Operations = ReadonlyMap<string, PageOperation>;

/** "leader {term: 2}": what stands beside its sign. */
export function label(record: TraceRecord, operations: Operations): string {
  switch (record.kind) {
    case "fact": {
      // "term {term: 2}" says nothing twice: "term 2".
      const own = fields(record.data ?? {}).map(([name, value]) =>
        name === record.name ? inWords(value) : `${name} ${inWords(value)}`,
      );
      return [record.name, own.join(", ")].join(" ").trim();
    }
    case "goal":
      return record.name;
    case "timer":
      return `timer ${record.name}`;
    case "order":
      return record.order;
    case "crash":
      return "crash";
    case "restart":
      return "restart";
    case "wipe":
      return "disk wiped";
    case "disk":
      return record.says;
    case "pause":
      return "asleep";
    case "resume":
      return "awake";
    case "clock":
      return clockText(record.offsetUs, record.ppm, record.frozen);
    case "invoke":
      return operations.get(record.op)?.asked ?? record.op;
    case "violation":
      return `${record.check} is violated`;
    default:
      return "";
  }
}

const looks: Readonly<Record<Look, string>> = {
  delivered: "",
  late: ", which comes late",
  held: ", which is held back on the way",
  doubled: ", which arrives twice",
  lost: ", which is lost",
  cut: ", which is cut off",
  dropped: ", which nobody takes",
  flying: ", which is still under way at the end",
};

const whys = {
  down: "the node is down",
  cut: "the link is cut",
  broken: "the connection is gone",
  full: "the link is jammed",
} as const;

export function sentence(record: TraceRecord, view: View, operations: Operations): string {
  const { node } = record;
  switch (record.kind) {
    case "start":
      return `${node} starts`;
    case "send": {
      const look = looks[view.messageOf.get(record.n)?.look ?? "delivered"];
      const by = record.by === undefined || record.by.length === 0 ? "" : ` (${record.by.join(", ")})`;
      const why =
        record.why === undefined
          ? ""
          : `: ${record.why === "unconnected" ? "there is no connection" : "the connection is half-open"}`;
      const lie =
        record.again === true ? ", once more" : record.meant === undefined ? "" : ", which is not what its handler wrote";
      return `${node} sends ${messageName(record.channel, record.message)} to ${record.to}${lie}${look}${by}${why}`;
    }
    case "deliver": {
      const look = view.messageOf.get(record.n)?.arrivals.find(({ n }) => n === record.n)?.look;
      const late =
        look === "late" ? ", late" : look === "held" ? ", which was held back" : look === "doubled" ? ", which was doubled" : "";
      return `${node} gets ${messageName(record.channel, record.message)} from ${record.from}${late}`;
    }
    case "drop":
      return `${messageName(record.channel, record.message)} from ${record.from} comes to ${node}, but ${whys[record.why]}`;
    case "connect":
      return `${node} is connected to ${record.peer}`;
    case "disconnect":
      return `${node} hears that its connection to ${record.peer} is gone (${record.why})`;
    case "order":
      return `${node} gets the order ${record.order}`;
    case "timer":
      return `${node}: the timer "${record.name}" is due`;
    case "write":
      return `${node} writes the record "${record.record}"`;
    case "append":
      return `${node} appends entry ${record.index} to the log "${record.log}"`;
    case "truncate":
      return `${node} cuts the log "${record.log}" to ${record.length} entries`;
    case "sync":
      return `${node} syncs its disk: everything written before is safe`;
    case "fact":
      return `${node} states: ${label(record, operations)}`;
    case "goal":
      return `${node} reaches the goal "${record.name}"`;
    case "log":
      return `${node} logs: ${record.message}`;
    case "crash": {
      const place =
        record.cut === undefined
          ? ""
          : ` in its handler of ${record.cut.handler}, after ${record.cut.after} of ${record.cut.of} effects`;
      const lost = record.lost === 0 ? "" : `; ${record.lost} unsynced ${record.lost === 1 ? "write is" : "writes are"} lost`;
      const torn = record.torn === 0 ? "" : `; ${record.torn} ${record.torn === 1 ? "append is" : "appends are"} torn`;
      const died = record.why === undefined ? "" : `: ${record.why}`;
      return `${node} crashes${place}${died}${lost}${torn}${record.by === "" ? "" : ` (${record.by})`}`;
    }
    case "restart":
      return `${node} restarts with what its disk holds`;
    case "wipe":
      return `${node} loses its disk`;
    case "disk":
      return `${node} ${record.says} (${record.by})`;
    case "pause":
      return `${node} falls asleep`;
    case "resume":
      return `${node} wakes up`;
    case "clock":
      return `the clocks of ${node} are wrong now: ${clockText(record.offsetUs, record.ppm, record.frozen)}${record.by === undefined ? "" : ` (${record.by})`}`;
    case "fault":
      return record.phase === "begin" ? `the fault ${record.id} begins: ${record.what}` : `the fault ${record.id} ends`;
    case "heal":
      return "all faults are over";
    case "invoke":
      return `${node} asks: ${label(record, operations)}`;
    case "return": {
      const operation = operations.get(record.op);
      if (operation === undefined) return `${node}: ${record.op} returns ${record.outcome}`;
      return `${node} is told: ${operation.told}`;
    }
    case "violation":
      return `${record.check} is violated: ${record.sentence}`;
  }
}

/** Contents as names and values, as far as there are names. */
export function rows(content: unknown): [string, string][] {
  if (content === undefined) return [];
  if (typeof content !== "object" || content === null || Array.isArray(content)) return [["", long(content)]];
  return fields(content).map(([name, value]) => [name, long(value)]);
}

export function long(value: unknown): string {
  return cut(inWords(value), 2000);
}
