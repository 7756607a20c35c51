/** Explained: recorded histories that cannot be read, or cannot be. */

import type { Group } from "./code.ts";

export const histories: Group = {
  title: "Recorded histories",
  codes: [
    {
      code: "history-format",
      title: "the file is not in a form that histories are recorded in",
      says: [
        /expected a (?:readable history|history, found|history as text|history in one of the formats)/,
        /expected (?:a|one) JSON object/,
        /expected (?:an event such as|a map such as|a line such as)/,
        /expected :history to hold/,
        /expected (?:an EDN form|a form|a map of keys and values|a closing quotation mark|values nested at most)/,
        /expected ".+" to end the ".+" of line/,
        /expected (?:the map that begins here to end|a bracket that ends the list)/,
        /expected a value: nil, a number/,
      ],
      example:
        'history.jsonl:3: expected one JSON object a line ({"process":0,"type":"invoke","f":"read","value":null}), found [1,2]',
      means:
        "Histories are read as JSON lines, Jepsen's EDN, or the logs of the known etcd and key-value test sets; without `--format` the first lines decide. A line that is in none of these is refused with its number: a history with a line left out is another history.",
      todo: [
        "Say which: `seedquake check <file> --model <name> --format jsonl|edn|etcd-log|kv-log`.",
        "Unpack archives first: `gzip -dc FILE | seedquake check - --model <name>`.",
      ],
    },
    {
      code: "history-event",
      title: "an event lacks something, or has a value that the model does not know",
      says: [
        /expected the type to be invoke, ok, fail or info/,
        /expected the process to be a whole number/,
        /expected f, the name of the operation/,
        /expected the time to be a number/,
        /expected the value of .+ to be/,
        /expected a key for/,
        /expected the key .+, as in line/,
        /expected the answer to .+ to be/,
        /expected an operation of the model/,
      ],
      example: 'history.jsonl:8: expected an operation of the model cas-register (read, write, cas), found "append"',
      means:
        "Each event says who (process), what (f, value) and how it stands: invoke, then ok, fail (it certainly did not happen) or info (nobody knows). What f and value may be is the model's; an operation that it does not know cannot be judged.",
      todo: [
        "`seedquake check --help` lists the models; one of your own is `--model ./model.ts`.",
        "An answer that means an error should be recorded as fail or info, not as an ok with another value.",
      ],
    },
    {
      code: "history-order",
      title: "events come in an order that no clients could have caused",
      says: [/expected process .+ to (?:hear of|have invoked)/, /expected a new process, for process/, /expected a time after/],
      example:
        "history.jsonl:9: expected process 3 to hear of its read of line 4 first, for a process has one open operation at most, found another invoke",
      means:
        "A process asks one thing at a time: invoke, then its end. After info it is never heard of again, since its operation may still take effect at any time; the client goes on under a new process number. And times never run backwards. A history that breaks this was put together wrongly, and any verdict on it would be worthless.",
      causes: [
        "several threads that share a process number",
        "a client that goes on under its old number after a time-out",
        "logs of several machines merged by clocks that disagree",
      ],
      todo: [
        "Give each client thread a number of its own and a new one after each info.",
        "`HistoryRecorder`, which seedquake exports, does both.",
      ],
    },
  ],
};
