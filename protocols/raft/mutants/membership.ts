/** Changes of the members done wrong. */

import type { Mutant, NodeId } from "../../../harness/protocol.ts";
import type { Configuration } from "../configuration.ts";
import { Wrong, wrong } from "./wrong.ts";

class SwitchesInOneStep extends Wrong {
  protected override nextConfiguration(servers: readonly NodeId[], target: readonly NodeId[]): Configuration | undefined {
    return super.nextConfiguration(servers, target) === undefined ? undefined : { servers: target };
  }
}

class JointAsksNewOnly extends Wrong {
  protected override electorates(): readonly (readonly NodeId[])[] {
    const { servers, next } = this.configurations.latest;
    return [next ?? servers];
  }
}

class ChangesBeforeOwnTerm extends Wrong {
  protected override ownsItsTerm(): boolean {
    return true;
  }
}

class NewcomersCounted extends Wrong {
  protected override electorates(): readonly (readonly NodeId[])[] {
    return super.electorates().map((servers) => [...servers, ...this.newcomers.filter((id) => !servers.includes(id))]);
  }
}

class NeverFallsBack extends Wrong {
  protected override fallBack(): void {
    // What was in the log once counts.
  }
}

const members = { scenario: "raft-membership-harsh.yaml", why: "the members of the general harsh scenario are always the same" };

export const membershipMutants: readonly Mutant[] = [
  wrong(
    "switches-in-one-step",
    "R18",
    "The cluster goes from the old members to the new ones in one step: for a while either have a majority of their own (Raft §6, Figure 10).",
    SwitchesInOneStep,
    members,
  ),
  wrong(
    "joint-asks-new-only",
    "R19",
    "While the members change only the new ones are asked: a majority of the old ones may decide without them (Raft §6; openraft on leaving the joint state).",
    JointAsksNewOnly,
    members,
  ),
  wrong(
    "changes-before-own-term",
    "R17",
    "A new leader changes the members one at a time before an entry of its own term is committed: the change of an earlier leader comes back, and the two need not overlap (Ongaro, raft-dev, 2015).",
    ChangesBeforeOwnTerm,
    {
      scenario: "mutants/raft-changes-before-own-term.yaml",
      why: "two leaders must each begin a change that the other does not see, the second with a majority of its own, and then the first must come back: leaders that are cut off as they are elected, with an order at that moment, and no other fault",
    },
  ),
  wrong(
    "newcomers-counted",
    "R35",
    "Servers that are still catching up count towards a majority, so that an entry is committed which too few members have (thesis §4.2.1; learners and non-voters elsewhere).",
    NewcomersCounted,
    members,
  ),
  wrong(
    "never-falls-back",
    undefined,
    "A server whose change of members was overwritten goes by it all the same (thesis §4.1: it must be prepared to fall back to the configuration before).",
    NeverFallsBack,
    {
      scenario: "mutants/raft-never-falls-back.yaml",
      why: "two servers must go by changes that were overwritten and whose majorities do not overlap: very few members, and orders all the time",
    },
  ),
];
