/** What each file of a command exports: how it adds itself to the command line. */

import type { Command } from "commander";

/** Actions hand their exit status to `end`; commander itself has no use for it. */
export type Add = (cli: Command, end: (status: number) => void) => void;

/** The module with our own protocols. */
export const registry = new URL("../../protocols/index.js", import.meta.url).href;
