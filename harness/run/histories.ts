/** The door to recorded histories: reads them from files and standard input, and imports models of the user's own. */

import { createReadStream } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { FormatError, HistoryReader, type Reading, type Recorded, type RecordedFault } from "../check/formats/index.ts";
import type { Model } from "../check/index.ts";
import { importBundled, OwnError } from "./own.ts";

/** A history or a model that cannot be used; the message is a whole sentence that begins with the file. */
export class HistoryFileError extends Error {}

/** Larger pieces than Node's own make the reading of a large file quicker. */
const PIECE = 1 << 20;

/**
 * The operations in a file, or in standard input when it is "-". `hear` is told of its faults.
 * @throws HistoryFileError
 */
export async function readHistory(
  file: string,
  reading: Reading,
  hear?: (fault: RecordedFault) => void,
): Promise<readonly Recorded[]> {
  const name = file === "-" ? "standard input" : file;
  const reader = new HistoryReader(reading, hear);
  const source =
    file === "-" ? process.stdin.setEncoding("utf8") : createReadStream(file, { encoding: "utf8", highWaterMark: PIECE });
  try {
    let first = true;
    for await (const piece of source as AsyncIterable<string>) {
      reader.feed(first && piece.startsWith("\uFEFF") ? piece.slice(1) : piece);
      first = false;
    }
    return reader.end();
  } catch (error) {
    if (error instanceof FormatError) {
      throw new HistoryFileError(`${name}${error.line > 0 ? `:${error.line}` : ""}: ${error.message}`);
    }
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const found = code === "ENOENT" ? "nothing there" : code === "EISDIR" ? "a folder" : `an error (${code})`;
    throw new HistoryFileError(`${name}: expected a readable history, found ${found}`);
  }
}

/** Whether --model says where a model lies, and not what it is called. */
export function isModelFile(model: string): boolean {
  return /^\.{0,2}[\\/]/.test(model) || /\.[cm]?[jt]s$/.test(model);
}

/** The model that a module exports as default or as `model`. @throws HistoryFileError */
export async function importModel(file: string): Promise<Model> {
  const exported = await importModule(file);
  const model = (exported["default"] ?? exported["model"]) as Partial<Model> | undefined;
  if (typeof model !== "object" || model === null) {
    const names = Object.keys(exported).join(", ") || "nothing";
    throw new HistoryFileError(`${file}: expected a model as its default export or as \`model\`, found ${names} exported`);
  }
  if (!("init" in model)) throw new HistoryFileError(`${file}: expected the model to have \`init\`, its first state, found none`);
  for (const name of ["step", "partition", "key", "readOnly", "describe"] as const) {
    const found = typeof model[name];
    if (found === "function" || (found === "undefined" && name !== "step")) continue;
    throw new HistoryFileError(`${file}: expected the model's \`${name}\` to be a function, found ${found}`);
  }
  return { ...(model as Model), name: model.name ?? basename(file, extname(file)) };
}

/** TypeScript, for a Node that cannot import it. */
async function bundled(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await importBundled(file);
  } catch (error) {
    const found = error instanceof OwnError ? error.message : `an error when importing it: ${(error as Error).message}`;
    throw new HistoryFileError(`${file}: expected a module with a model, found ${found}`);
  }
}

async function importModule(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[cm]?ts$/.test(file)) return await bundled(file);
    if (code === "ERR_MODULE_NOT_FOUND" && message.includes(resolve(file))) {
      throw new HistoryFileError(`${file}: expected a module with a model, found nothing there`);
    }
    throw new HistoryFileError(`${file}: expected a module with a model, found an error when importing it: ${message}`);
  }
}
