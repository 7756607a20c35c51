/** What a record of the trace looks like in its node's column of a timeline. */

import type { TraceRecord } from "../sim/trace.ts";
import { messageDetail, messageName } from "./messages.ts";
import type { OperationWords } from "./operations.ts";
import { inWords, ms, visible } from "./text.ts";

/** The signs, as they stand at the head of every timeline. ASCII only: such a file is read in editors, terminals and mails. */
export const legend: readonly string[] = [
  "->  sends      =>  sends, arrives twice   -h  sends, held back      -x  sends, lost      -/  sends, cut off",
  "<-  receives   x-  arrives, not received  @   timer                 w a t  disk: write, append, truncate; s  sync",
  "[   asks       ]   is told                *   fact                  !   goal             #   log",
  "X   crash (x while down)                  ^   start, restart        Z   pause (z while asleep)",
  "<>  is connected                          ><  its connection is gone",
  "Cells are cut to their column's width (~ at the end); trace.jsonl has everything.",
];

export interface Cell {
  readonly text: string;
  /** 0: always shown. 1: left out of a very long run. 2: the ordinary course of things, left out of the middle of quiet periods. */
  readonly quiet: 0 | 1 | 2;
  /** What it is counted as when it is left out; absent for what has been counted already (the arrival of a message). */
  readonly name?: string;
}

const sends = { sent: "->", doubled: "=>", lost: "-x", cut: "-/", held: "-h" } as const;
const loud = (text: string): Cell => ({ text, quiet: 0 });
const calm = (text: string, name: string): Cell => ({ text, quiet: 2, name });
const withData = (text: string, data: unknown): string => (data === undefined ? text : `${text} ${inWords(data)}`);

/** The cell of a record; `undefined` for what takes a whole line. */
export function cellOf(record: TraceRecord, operations: OperationWords): Cell | undefined {
  switch (record.kind) {
    case "send": {
      const { channel, message, to, fate } = record;
      const name = messageName(channel, message);
      const text = `${sends[fate]} ${to} ${name} ${messageDetail(channel, message)}`.trimEnd();
      return { text, quiet: fate === "sent" ? 2 : fate === "held" ? 0 : 1, name };
    }
    case "deliver": {
      const { channel, message, from } = record;
      return { text: `<- ${from} ${messageName(channel, message)} ${messageDetail(channel, message)}`.trimEnd(), quiet: 2 };
    }
    case "drop":
      return { text: `x- ${record.from} ${messageName(record.channel, record.message)}`, quiet: 1 };
    case "order":
      return loud(`o ${visible(record.order)}`);
    case "connect":
      return loud(`<> ${record.peer}`);
    case "disconnect":
      return loud(`>< ${record.peer} ${record.why}`);
    case "timer":
      return calm(withData(`@ ${visible(record.name)}`, record.data), `timer ${visible(record.name)}`);
    case "write":
      return calm(`w ${visible(record.record)} ${inWords(record.value)}`, "disk");
    case "append":
      return calm(`a ${visible(record.log)}[${record.index}] ${inWords(record.value)}`, "disk");
    case "truncate":
      return calm(`t ${visible(record.log)} to ${record.length}`, "disk");
    case "sync":
      return calm("s sync", "disk");
    case "log":
      return calm(withData(`# ${visible(record.message)}`, record.data), "log");
    case "fact": {
      const data = inWords(record.data ?? {});
      return loud(data === "{}" ? `* ${visible(record.name)}` : `* ${visible(record.name)} ${data}`);
    }
    case "goal":
      return loud(`! ${visible(record.name)}`);
    case "start":
      return loud("^ start");
    case "restart":
      return loud("^ restart");
    case "crash":
      return loud(
        record.cut === undefined ? "X crash" : `X crash ${record.cut.after}/${record.cut.of} ${visible(record.cut.handler)}`,
      );
    case "wipe":
      return loud("X disk wiped");
    case "disk":
      return loud(`X ${visible(record.says)}`);
    case "pause":
      return loud("Z pause");
    case "resume":
      return loud("^ resume");
    case "clock":
      return loud(`c clock ${clockWords(record)}`);
    case "invoke":
      return loud(`[ ${operations.asked(record.op)}`);
    case "return":
      return loud(`] ${operations.told(record)}`);
    case "fault":
    case "heal":
    case "violation":
      return undefined;
  }
}

/** "+200.000 ms", "-30.000 ms, runs 5000 ppm fast": how wrong the clocks of a node are. */
function clockWords({
  offsetUs,
  ppm,
  frozen,
}: Pick<Extract<TraceRecord, { kind: "clock" }>, "offsetUs" | "ppm" | "frozen">): string {
  const offset = `${offsetUs < 0 ? "-" : "+"}${ms(Math.abs(offsetUs))} ms`;
  const still = frozen === undefined ? "" : `, ${frozen === "both" ? "both stand" : `the ${frozen} stands`} still`;
  return ppm === 0 ? `${offset}${still}` : `${offset}, runs ${Math.abs(ppm)} ppm ${ppm < 0 ? "slow" : "fast"}${still}`;
}

/** The words of what takes a whole line. */
export function lineOf(record: TraceRecord): string {
  switch (record.kind) {
    case "fault":
      return `${visible(record.id)} ${record.phase === "begin" ? `begins: ${visible(record.what)}` : "ends"}`;
    case "violation":
      return `${visible(record.check)} is violated: ${visible(record.sentence)}`;
    default:
      return "heal: all faults are over";
  }
}
