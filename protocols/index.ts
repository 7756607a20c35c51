/** All protocols of this repository. The harness knows none by name: cli.ts hands it this list. */

import type { Protocol } from "../harness/protocol.ts";
import { abdRegister } from "./abd-register/index.ts";
import { loadBalancer } from "./load-balancer/index.ts";
import { lockRedis } from "./lock-redis/index.ts";
import { primaryBackup } from "./primary-backup/index.ts";
import { raft } from "./raft/index.ts";
import { twoPhaseCommit } from "./two-phase-commit/index.ts";

export const protocols: readonly Protocol[] = [abdRegister, loadBalancer, lockRedis, primaryBackup, raft, twoPhaseCommit];
