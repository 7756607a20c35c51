/** Reads the logs of Porcupine's key-value tests: one EDN map a line, with a :key. */

import { ednEvent } from "./edn.ts";
import { EdnMap, readForm } from "./edn-text.ts";
import { type EventReader, FormatError, type NemesisSink, type Sink } from "./event.ts";
import { lineReader } from "./lines.ts";

const EVENT = 'a line such as {:process 0, :type :invoke, :f :put, :key "0", :value "x"}';

export function kvLogReader(sink: Sink, nemesis?: NemesisSink): EventReader {
  return lineReader((text, line) => {
    if (text.trim() === "") return;
    const form = text.startsWith("{") ? readForm(text, line) : undefined;
    if (!(form instanceof EdnMap)) throw new FormatError(line, EVENT, text.slice(0, 60));
    if (form.get("process") !== "nemesis" && typeof form.get("key") !== "string") {
      throw new FormatError(line, EVENT, "no :key that is a string");
    }
    ednEvent(form, sink, nemesis);
  });
}
