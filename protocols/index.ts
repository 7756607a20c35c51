/** All protocols of this repository. The harness knows none by name: cli.ts hands it this list. */

import type { Protocol } from "../harness/protocol.ts";
import { abdRegister } from "./abd-register/index.ts";
import { benOr } from "./ben-or/index.ts";
import { chubby } from "./chubby/index.ts";
import { floodSet } from "./floodset/index.ts";
import { loadBalancer, loadBalancerOnStreams } from "./load-balancer/index.ts";
import { lockConsensus } from "./lock-consensus/index.ts";
import { lockRedis, lockRedisReplicated, redlock } from "./lock-redis/index.ts";
import { lockTicket } from "./lock-ticket/index.ts";
import { lockToken } from "./lock-token/index.ts";
import { multiPaxos } from "./multi-paxos/index.ts";
import { paxos } from "./paxos/index.ts";
import { primaryBackup } from "./primary-backup/index.ts";
import { raft } from "./raft/index.ts";
import { twoPhaseCommit } from "./two-phase-commit/index.ts";

export const protocols: readonly Protocol[] = [
  abdRegister,
  benOr,
  chubby,
  floodSet,
  loadBalancer,
  loadBalancerOnStreams,
  lockConsensus,
  lockRedis,
  lockRedisReplicated,
  lockTicket,
  lockToken,
  multiPaxos,
  paxos,
  primaryBackup,
  raft,
  redlock,
  twoPhaseCommit,
];
