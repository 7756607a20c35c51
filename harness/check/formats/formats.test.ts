/** What each format means, in pieces of any size; and that a large file loads. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLinearizable } from "../linearizable.ts";
import { models } from "../models/registry.ts";
import { atoms } from "../testing/atoms.ts";
import { type Input, simulated } from "../testing/simulated.ts";
import { EdnMap, readForm } from "./edn-text.ts";
import { detectFormat, type FormatName, HistoryReader, initialState, type Recorded } from "./index.ts";

function read(text: string, model: string, format: FormatName | "auto" = "auto", piece = text.length + 1): readonly Recorded[] {
  const reader = new HistoryReader({ format, model });
  for (let at = 0; at < text.length; at += piece) reader.feed(text.slice(at, at + piece));
  return reader.end();
}

/** "p0 write 1 [0, 3]", with "..." for what stays open. */
function drawn(operations: readonly Recorded[]): readonly string[] {
  return operations.map(({ process, input, output, outcome, invoked, returned }) => {
    const { f, ...rest } = input as Input;
    const words = [f, ...Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(" ");
    return `p${process} ${words} [${invoked}, ${returned === Infinity ? "..." : returned}]${outcome === "ok" ? ` -> ${JSON.stringify(output)}` : ""}`;
  });
}

const jsonl = `
{"process":0,"type":"invoke","f":"write","key":"x","value":1,"time":1000}
{"process":1,"type":"invoke","f":"read","key":"x","value":null,"time":2000}
{"process":"nemesis","type":"info","f":"start-partition","value":"n1","time":2500}
{"process":0,"type":"ok","f":"write","key":"x","value":1,"time":3000}
{"process":1,"type":"ok","f":"read","key":"x","value":1,"time":4000}
{"process":0,"type":"invoke","f":"cas","key":"y","value":[1,2],"time":5000}
{"process":1,"type":"invoke","f":"write","key":"y","value":3,"time":5500}
{"process":0,"type":"fail","f":"cas","key":"y","value":[1,2],"time":6000}
{"process":1,"type":"info","f":"write","key":"y","value":3,"time":7000,"error":"timeout"}
{"process":6,"type":"invoke","f":"read","key":"y","time":8000}
`.trim();

describe("JSONL", () => {
  it("pairs invocations with returns, leaves out the nemesis and what failed, keeps open what nobody knows", () => {
    expect(drawn(read(jsonl, "cas-register"))).toEqual([
      'p0 write key="x" value=1 [0, 2] -> null',
      'p1 read key="x" [1, 3] -> 1',
      'p1 write key="y" value=3 [5, ...]',
      'p6 read key="y" [8, ...]',
    ]);
    expect(read(jsonl, "cas-register")[0]).toMatchObject({ invokedAtUs: 1, returnedAtUs: 3, line: 1, returnedLine: 4 });
  });

  it("takes a null that was read for the missing first value", () => {
    const text = '{"process":0,"type":"invoke","f":"read"}\n{"process":0,"type":"ok","f":"read","value":null}';
    expect(drawn(read(text, "register"))).toEqual(["p0 read [0, 1] -> null"]);
  });
});

const pair = (f: string, asked: unknown, answered: unknown): string =>
  ["invoke", "ok"].map((type, i) => JSON.stringify({ process: 3, type, f, value: i === 0 ? asked : answered })).join("\n");

describe("values by model", () => {
  it.each([
    ["register", "read", null, 4, "read [0, 1] -> 4"],
    ["cas-register", "cas", [1, 2], [1, 2], "cas from=1 to=2 [0, 1] -> true"],
    ["write-once", "write", 3, 3, "write value=3 [0, 1] -> true"],
    ["write-once", "write", 3, false, "write value=3 [0, 1] -> false"],
    ["fifo-queue", "enqueue", "a", "a", 'enqueue value="a" [0, 1] -> null'],
    ["fifo-queue", "dequeue", null, null, "dequeue [0, 1] -> null"],
    ["stack", "pop", null, 7, "pop [0, 1] -> 7"],
    ["priority-queue", "delete-min", null, 7, "delete-min [0, 1] -> 7"],
    ["set", "contains", 3, [3, true], "contains value=3 [0, 1] -> true"],
    ["set", "contains", null, [3, false], "contains value=3 [0, 1] -> false"],
    ["set", "add", 3, 3, "add value=3 [0, 1] -> null"],
    ["set", "remove", 3, false, "remove value=3 [0, 1] -> false"],
    ["g-set", "read", null, [1, 2], "read [0, 1] -> [1,2]"],
    ["counter", "add", 2, 2, "add value=2 [0, 1] -> null"],
    ["fetch-add", "fetch-add", 2, 40, "fetch-add value=2 [0, 1] -> 40"],
    ["unique-ids", "generate", null, "id-7", 'generate [0, 1] -> "id-7"'],
    ["mutex", "acquire", null, null, "acquire [0, 1] -> null"],
    ["lock", "acquire", "1.1", "1.1", 'acquire owner="1.1" [0, 1] -> null'],
    ["lock", "acquire", null, 33, "acquire owner=3 [0, 1] -> 33"],
    ["log", "append", "v", 5, 'append value="v" [0, 1] -> 5'],
    ["log", "read", 5, [5, ["v"]], 'read offset=5 [0, 1] -> ["v"]'],
    ["log", "read", null, [5, ["v"]], 'read offset=5 [0, 1] -> ["v"]'],
    ["consensus", "propose", 1, 2, "propose value=1 [0, 1] -> 2"],
    [
      "multi-register",
      "txn",
      [["read", "x", null]],
      [["read", "x", 1]],
      'txn value=[["read","x",null]] [0, 1] -> [["read","x",1]]',
    ],
    ["", "transfer", { from: "a" }, "done", 'transfer value={"from":"a"} [0, 1] -> "done"'],
  ])("%s: %s %j answered %j", (model, f, asked, answered, expected) => {
    expect(drawn(read(pair(f, asked, answered), model))).toEqual([`p3 ${expected}`]);
  });
});

const edn = `; a comment with a [ in it
[{:process 4, :type :invoke, :f :write, :value 2 :time 10}
 {:process :nemesis, :type :info, :f :start, :value {:n1 #{:n2}}}
 {:process 4, :type :ok, :f :write, :value 2, :error "a \\" } in a string"}
 #jepsen.history.Op{:index 3, :process 1, :type :invoke, :f :read, :value nil, :extra \\]}
 {:process 1, :type :ok, :f :read, :value nil}
 {:process 1, :type :invoke, :f :cas, :value [2 9007199254740993]} ; twice
 {:process 1, :type :info, :f :cas, :value [2 9007199254740993] :error #_[gone] :timeout}]
`;

describe("EDN", () => {
  const expected = ["p4 write value=2 [0, 1] -> null", 'p1 cas from=2 to="9007199254740993" [4, ...]'];

  it("reads maps in a vector; a read of nil says nothing, as in Knossos", () => {
    expect(drawn(read(edn, "cas-register"))).toEqual(expected);
  });

  it("reads bare maps, maps in a list, and the :history of a map", () => {
    const inside = edn.slice(edn.indexOf("[{") + 1, edn.lastIndexOf("]"));
    for (const text of [inside, `(${inside})`, `{:valid? true, :history [${inside}]}`])
      expect(drawn(read(text, "cas-register"))).toEqual(expected);
  });

  it("takes [key value] for the value of an object of its own when the values of the first operation say so", () => {
    const text = `
      {:process 0, :type :invoke, :f :write, :value ["x" 1]}
      {:process 0, :type :ok, :f :write, :value ["x" 1]}
      {:process 1, :type :invoke, :f :cas, :value ["y" [1 2]]}
      {:process 1, :type :ok, :f :cas, :value ["y" [1 2]]}
      {:process 1, :type :invoke, :f :read, :value [7 nil]}
      {:process 1, :type :ok, :f :read, :value [7 2]}`;
    expect(drawn(read(text, "cas-register"))).toEqual([
      'p0 write key="x" value=1 [0, 1] -> null',
      'p1 cas key="y" from=1 to=2 [2, 3] -> true',
      'p1 read key="7" [4, 5] -> 2',
    ]);
  });

  it("reads forms as they are written", () => {
    const form = readForm('{:a (1 -2.5 3N), "b" #{nil true} :c "\\u00e9\\n\\"", :d #inst "2026", #_ :gone :e 1/2}', 1);
    expect(form).toBeInstanceOf(EdnMap);
    expect(JSON.parse(JSON.stringify(form))).toEqual({ a: [1, -2.5, 3], b: [null, true], c: 'é\n"', d: "2026", e: "1/2" });
  });
});

const etcd = `INFO  jepsen.core - Running test:
INFO  jepsen.util - 0	:invoke	:cas	[1 2]
INFO  jepsen.util - 1	:invoke	:read	nil
INFO  jepsen.util - 0	:fail	:cas	[1 2]
INFO  jepsen.util - :nemesis	:info	:start	nil
INFO  jepsen.util - 1	:ok	:read	nil
INFO  jepsen.util - 0	:invoke	:write	4
INFO  jepsen.util - 1	:invoke	:read	nil
INFO  jepsen.util - 0	:info	:write	:timed-out
INFO  jepsen.util - 1	:fail	:read	:timed-out
`;

describe("etcd's log", () => {
  it("takes a failed cas for an answer, nil for the first value, and what timed out for open", () => {
    expect(drawn(read(etcd, "cas-register"))).toEqual([
      "p0 cas from=1 to=2 [0, 2] -> false",
      "p1 read [1, 3] -> null",
      "p0 write value=4 [4, ...]",
    ]);
  });
});

const kv = `{:process 0, :type :invoke, :f :put, :key "0", :value "x 0 y"}
{:process 1, :type :invoke, :f :get, :key "0", :value nil}
{:process 0, :type :ok, :f :put, :key "0", :value "x 0 y"}
{:process 1, :type :ok, :f :get, :key "0", :value ""}
`;

describe("the key-value log", () => {
  it("reads puts and gets of strings by key", () => {
    expect(drawn(read(kv, "kv"))).toEqual(['p0 put key="0" value="x 0 y" [0, 2] -> null', 'p1 get key="0" [1, 3] -> ""']);
  });
});

describe("any format", () => {
  it("is told from its beginning", () => {
    expect([jsonl, edn, etcd, kv, '\n { "process": 0 }', "#jepsen.history.Op{:process 0}", "[]"].map(detectFormat)).toEqual([
      "jsonl",
      "edn",
      "etcd-log",
      "kv-log",
      "jsonl",
      "edn",
      "edn",
    ]);
    expect(["hello", "[1, 2]", "<xml>"].map(detectFormat)).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    [jsonl, "cas-register"],
    [edn, "cas-register"],
    [`{:valid? true, :history ${edn}}`, "cas-register"],
    [etcd, "cas-register"],
    [kv, "kv"],
    [jsonl.replaceAll("\n", "\r\n"), "cas-register"],
  ])("reads the same in pieces of any size (%#)", (text, model) => {
    const whole = read(text, model);
    const format = detectFormat(text)!;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), (piece) => {
        expect(read(text, model, format, piece)).toEqual(whole);
      }),
    );
  });

  it("loads and judges 200,000 operations", () => {
    const history = simulated(atoms["register"]!(1, 200_000), { operations: 200_000, clients: 20, seed: 1 });
    const reader = new HistoryReader({ format: "auto", model: "register" });
    for (const line of lines(history)) reader.feed(line);
    const operations = reader.end();
    expect(operations.length).toBe(history.length);
    expect(operations.map(({ input, output, invoked, returned }) => ({ input, output, invoked, returned })).at(-1)).toEqual(
      history.map(({ input, output, invoked, returned }) => ({ input, output, invoked, returned })).at(-1),
    );
    expect(checkLinearizable(operations, models["register"]!).verdict).toBe("valid");
  });
});

/** A history as the lines of its events. */
function lines(history: ReturnType<typeof simulated>): readonly string[] {
  const events: string[] = [];
  for (const { process, input, output, invoked, returned } of history) {
    const { f, ...rest } = input;
    events[invoked] = `${JSON.stringify({ process, type: "invoke", f, ...rest, time: invoked })}\n`;
    events[returned] = `${JSON.stringify({ process, type: "ok", f, value: output ?? rest["value"] ?? null, time: returned })}\n`;
  }
  return events;
}

describe("the initial value", () => {
  it.each([
    ["cas-register", "0", 0],
    ["cas-register", "nil", null],
    ["register", "hello", "hello"],
    ["kv", "7", "7"],
    ["multi-register", "{:x 0 :y 0}", { x: 0, y: 0 }],
    ["multi-register", '{"x":0}', { x: 0 }],
    ["fifo-queue", "[1 2]", [1, 2]],
    ["priority-queue", "[2, 1]", [1, 2]],
    ["mutex", "locked", true],
    ["mutex", ":unlocked", false],
    ["counter", "5", 5],
    ["consensus", "3", { value: 3 }],
    ["lock", "null", { owner: null, token: Number.NEGATIVE_INFINITY }],
    ["", '{"a":1}', { a: 1 }],
  ])("of %s, written %s", (model, text, state) => {
    expect(initialState(model, text)).toEqual({ state });
  });

  it("is a state that the model can begin in", () => {
    expect(initialState("counter", "many")).toEqual({ expected: "a number" });
    expect(initialState("stack", "7")).toEqual({ expected: "a list, such as [1, 2]" });
    for (const [model, text] of [
      ["set", "[1, 2]"],
      ["g-set", "[1, 2]"],
    ] as const) {
      const initial = initialState(model, text) as { readonly state: unknown };
      const operations = read(pair("read", null, [1, 2]), model);
      expect(checkLinearizable(operations, { ...models[model]!, init: initial.state }).verdict).toBe("valid");
    }
  });
});
