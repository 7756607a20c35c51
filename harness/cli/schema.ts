/** seedquake schema: the JSON Schema of a scenario. */

import { catalogueFrom } from "../run/load.ts";
import { jsonSchema } from "../scenario/index.ts";
import { type Add, registry } from "./command.ts";
import { out } from "./terminal.ts";

export const add: Add = (cli) => {
  cli
    .command("schema")
    .description("the JSON Schema of a scenario, for editors")
    .addHelpText("after", "\nExamples:\n  seedquake schema > scenario.schema.json")
    .action(async () => {
      out(JSON.stringify(jsonSchema(await catalogueFrom(registry)), null, 2));
    });
};
