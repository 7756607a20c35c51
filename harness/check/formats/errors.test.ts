/** What is said of files that are no histories: each sentence as the user reads it. */

import { expect, it } from "vitest";
import { FormatError, type FormatName, HistoryReader } from "./index.ts";

function complaint(text: string, model: string, format: FormatName | "auto"): string {
  const reader = new HistoryReader({ format, model });
  try {
    reader.feed(text);
    reader.end();
  } catch (error) {
    if (error instanceof FormatError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return "no complaint";
}

const event = (fields: object): string =>
  `${JSON.stringify({ process: 0, type: "invoke", f: "read", value: null, ...fields })}\n`;
const call = event({});

it.each<readonly [text: string, model: string, format: FormatName | "auto", sentence: string]>([
  // No history at all
  ["", "register", "auto", "0: expected a history, found an empty file"],
  ["\n\n", "register", "jsonl", "0: expected a history, found no operation of a client in it"],
  [event({ process: "nemesis" }), "register", "auto", "0: expected a history, found no operation of a client in it"],
  [
    "time,process\n",
    "register",
    "auto",
    '1: expected a history in one of the formats jsonl, edn, etcd-log, kv-log (--format says which), found "time,process"',
  ],
  [
    "\u001f\ufffd\b\b",
    "register",
    "auto",
    "0: expected a history as text, found a gzip archive; unpack it first (gzip -dc FILE | seedquake check -)",
  ],
  // What clients cannot have done
  [
    call + call,
    "register",
    "auto",
    "2: expected process 0 to hear of its read of line 1 first, for a process has one open operation at most, found that it invokes another (read)",
  ],
  [
    event({ type: "ok" }),
    "register",
    "auto",
    "1: expected process 0 to have invoked what returns here (ok read), found no open operation of it",
  ],
  [
    call + event({ type: "ok", value: 1 }) + event({ type: "ok", value: 1 }),
    "register",
    "auto",
    "3: expected process 0 to have invoked what returns here (ok read), found no open operation of it",
  ],
  [
    call + event({ type: "ok", f: "write", value: 1 }),
    "register",
    "auto",
    "2: expected process 0 to hear of its read of line 1, found ok of a write",
  ],
  [
    call + event({ type: "info" }) + call,
    "register",
    "auto",
    '3: expected a new process, for process 0 never heard what became of its operation of line 1 ("info"), which may still take effect, found that process 0 goes on with read; let its client go on under a number of its own',
  ],
  [
    event({ time: 2000 }) + event({ type: "ok", value: 1, time: 1000 }),
    "register",
    "auto",
    "2: expected a time after 2000 ns, when line 1 invoked what returns here, found 1000 ns",
  ],
  [
    event({ time: 2000 }) + event({ type: "ok", value: 1, time: 3000 }) + event({ time: 2500 }),
    "register",
    "auto",
    "3: expected a time after 3000 ns, when line 2 said how the last operation of process 0 had ended, found 2500 ns",
  ],
  // Fields
  [
    `${call}{"process":0`,
    "register",
    "auto",
    '2: expected a JSON object such as {"process":0,"type":"invoke","f":"read","value":null}, found {"process":0',
  ],
  [
    `${call}[1]`,
    "register",
    "auto",
    '2: expected one JSON object a line ({"process":0,"type":"invoke","f":"read","value":null}), found [1]',
  ],
  [event({ process: "n1" }), "register", "auto", '1: expected the process to be a whole number, or "nemesis", found "n1"'],
  [event({ process: undefined }), "register", "jsonl", '1: expected the process to be a whole number, or "nemesis", found none'],
  [event({ type: "return" }), "register", "auto", '1: expected the type to be invoke, ok, fail or info, found "return"'],
  [event({ f: 3 }), "register", "auto", '1: expected f, the name of the operation, such as "read", found 3'],
  [event({ time: "now" }), "register", "auto", '1: expected the time to be a number of nanoseconds, found "now"'],
  // Operations and values
  [event({ f: "wriet" }), "register", "auto", '1: expected an operation of the model register (read or write), found "wriet"'],
  [event({ f: "read" }), "unique-ids", "auto", '1: expected an operation of the model unique-ids (generate), found "read"'],
  [
    event({ f: "write", value: { a: 1 } }),
    "register",
    "auto",
    '1: expected the value of a write to be one value (a number, a string, a boolean or null), found {"a":1}',
  ],
  [
    '{"process":0,"type":"invoke","f":"write","value":9007199254740993}',
    "register",
    "auto",
    "1: expected the value of a write to be one value (a number, a string, a boolean or null), found 9007199254740992, which is too large to be exact; write it as a string",
  ],
  [event({ f: "cas", value: [1] }), "cas-register", "auto", "1: expected the value of a cas to be [from, to], found [1]"],
  [event({ f: "add", value: "3" }), "counter", "auto", '1: expected the value of an add to be a number, found "3"'],
  [event({ f: "get" }), "kv", "auto", "1: expected a key for a get, found none"],
  [event({ f: "put", key: "x", value: 3 }), "kv", "auto", "1: expected the value of a put to be a string, found 3"],
  [call + event({ type: "ok", value: 3 }), "g-set", "auto", "2: expected the answer to a read to be an array of values, found 3"],
  [
    event({ f: "read", value: 5 }) + event({ type: "ok", value: ["a"] }),
    "log",
    "auto",
    '2: expected the answer to a read to be [offset, values], found ["a"]',
  ],
  // EDN
  [
    "[{:process 0, :type :invoke, :f :read}\n 3]",
    "register",
    "auto",
    "2: expected a map such as {:process 0, :type :invoke, :f :read, :value nil}, found 3]",
  ],
  [
    "[{:process 0, :type :invoke, :f :read}",
    "register",
    "auto",
    "1: expected a bracket that ends the list of events, found the end of the file",
  ],
  ["\n{:process 0, :type :invoke,", "register", "edn", "2: expected the map that begins here to end, found the end of the file"],
  ["{:process 0, :type}", "register", "edn", "1: expected a map of keys and values, found a key without a value"],
  ["{:process 0, :value (1]}", "register", "edn", '1: expected ")" to end the "(" of line 1, found ]'],
  ["{:type :invoke, :f :read}", "register", "edn", '1: expected the process to be a whole number, or "nemesis", found none'],
  [
    "{:process 0, :type :invoke, :f :write, :value [:x 1]}\n{:process 1, :type :invoke, :f :write, :value 1}",
    "register",
    "edn",
    "2: expected the value of a write to be [key value], as at the beginning of the file, found 1",
  ],
  [
    "{:process 0, :type :invoke, :f :read, :value [:x nil]}\n{:process 0, :type :ok, :f :read, :value [:y 1]}",
    "register",
    "edn",
    '2: expected the key "x", as in line 1, found "y"',
  ],
  // Logs
  [
    "INFO  jepsen.util - 0 :invoke :read",
    "register",
    "auto",
    "1: expected an event such as `INFO  jepsen.util - 3 :invoke :cas [1 2]`, found INFO  jepsen.util - 0 :invoke :read",
  ],
  [
    "INFO  jepsen.util - 0 :invoke :write {}",
    "register",
    "auto",
    "1: expected a value: nil, a number, [from to], or a keyword such as :timed-out, found {}",
  ],
  [
    "{:process 0, :type :invoke, :f :get, :value nil}",
    "kv",
    "kv-log",
    '1: expected a line such as {:process 0, :type :invoke, :f :put, :key "0", :value "x"}, found no :key that is a string',
  ],
])("%j for %s, as %s", (text, model, format, sentence) => {
  expect(complaint(text, model, format)).toBe(sentence);
});
