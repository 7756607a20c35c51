/** Reads recorded histories of other tools: Jepsen's logs and EDN, as far as the tests need them. */

import type { Operation } from "../history.ts";
import { type Edn, readEdn } from "./edn.ts";

/** One line of a recorded history. */
export interface ForeignEvent {
  readonly process: number;
  readonly type: "invoke" | "ok" | "fail" | "info";
  readonly f: string;
  readonly key?: Edn;
  readonly value: Edn;
}

/** What an event means: the input of an operation, or its output; `fail` says whether "fail" is an answer. */
export interface Meaning<In, Out> {
  input(invoked: ForeignEvent, completed: ForeignEvent | undefined): In;
  output(completed: ForeignEvent): Out;
  /** True when this `fail` is an observation (a compare that failed), and not "it did not happen". */
  failIsAnswer?(completed: ForeignEvent): boolean;
}

/** Pairs invocations with completions. Positions are the lines; `info` and what never completed stays open to the end. */
export function paired<In, Out>(events: readonly ForeignEvent[], meaning: Meaning<In, Out>): Operation<In, Out>[] {
  const completions = new Map<number, { event: ForeignEvent; position: number }>();
  const operations: Operation<In, Out>[] = [];
  for (let position = events.length - 1; position >= 0; position--) {
    const event = events[position]!;
    if (event.type !== "invoke") {
      completions.set(event.process, { event, position });
      continue;
    }
    const completed = completions.get(event.process);
    completions.delete(event.process);
    const type = completed?.event.type ?? "info";
    const answered = type === "ok" || (type === "fail" && meaning.failIsAnswer?.(completed!.event) === true);
    operations.push({
      process: event.process,
      input: meaning.input(event, completed?.event),
      output: answered ? meaning.output(completed!.event) : undefined,
      outcome: answered ? "ok" : type === "fail" ? "fail" : "info",
      invoked: position,
      returned: type === "info" ? Infinity : completed!.position,
    });
  }
  return operations.reverse();
}

/** Jepsen's console log: `INFO  jepsen.util - 3 :invoke :cas [1 2]`. */
export function readJepsenLog(text: string): ForeignEvent[] {
  return text.split("\n").flatMap((line) => {
    const match = /jepsen\.util - (\d+)\s+:(invoke|ok|fail|info)\s+:(\w+)\s+(.*)$/.exec(line);
    if (match === null) return [];
    const type = match[2] as ForeignEvent["type"];
    return [{ process: Number(match[1]), type, f: match[3]!, value: readEdn(match[4]!)[0] ?? null }];
  });
}

/** Maps with :process, :type, :f, :value and maybe :key; bare, in one list, or in the :history of a map. */
export function readEdnHistory(text: string): ForeignEvent[] {
  const forms = readEdn(text);
  const first = forms[0];
  if (Array.isArray(first)) return first.flatMap(event);
  const inside = (first as ReadonlyMap<Edn, Edn>).get(":history");
  return (Array.isArray(inside) ? inside : forms).flatMap(event);
}

function event(form: Edn): ForeignEvent[] {
  const map = form as ReadonlyMap<Edn, Edn>;
  const process = map.get(":process");
  if (typeof process !== "number") return [];
  const type = word(map.get(":type")) as ForeignEvent["type"];
  const key = map.get(":key");
  return [{ process, type, f: word(map.get(":f")), value: map.get(":value") ?? null, ...(key !== undefined && { key }) }];
}

function word(keyword: Edn | undefined): string {
  return String(keyword).replace(/^:/, "");
}
