/** The package that this command belongs to, whether it runs from its sources or as it was built. */

import { readFileSync } from "node:fs";

/** The folder with our package.json. */
export const packageFolder = new URL(import.meta.url.endsWith(".ts") ? "../../" : "../../../", import.meta.url);

export interface Package {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly devDependencies: Readonly<Record<string, string>>;
}

export const ourPackage = JSON.parse(readFileSync(new URL("package.json", packageFolder), "utf8")) as Package;
