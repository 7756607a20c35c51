/** seedquake schema: the JSON Schema of a scenario, or of summary.json. */

import { Argument } from "commander";
import { summaryJsonSchema } from "../report/summary-schema.ts";
import { catalogueFrom } from "../run/load.ts";
import { jsonSchema } from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { out } from "./terminal.ts";

export const add: Add = (cli) => {
  cli
    .command("schema")
    .description("the JSON Schema of a scenario, for editors, or of summary.json, for programs")
    .addArgument(new Argument("[what]", "which of the two").choices(["scenario", "summary"]).default("scenario"))
    .addHelpText("after", "\nExamples:\n  seedquake schema > scenario.schema.json\n  seedquake schema summary")
    .action(async (what: "scenario" | "summary") => {
      out(JSON.stringify(what === "summary" ? summaryJsonSchema() : jsonSchema(await catalogueFrom(registry)), null, 2));
    });
};
