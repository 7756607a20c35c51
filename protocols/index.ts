/** All protocols of this repository. The harness knows none by name: cli.ts hands it this list. */

import type { Protocol } from "../harness/protocol.ts";
import { abdRegister } from "./abd-register/index.ts";
import { primaryBackup } from "./primary-backup/index.ts";
import { raft } from "./raft/index.ts";

export const protocols: readonly Protocol[] = [abdRegister, primaryBackup, raft];
