/** What can be wrong with any of these locks in the same way, for each to name and to tell of. */

import { Resource, type Stored } from "./resource.ts";

export class ForgetsItsToken extends Resource {
  protected override recall(): Stored | undefined {
    const stored = super.recall();
    return stored && { ...stored, token: 0 };
  }
}
