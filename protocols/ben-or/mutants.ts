/** Ben-Or's protocol done wrong: each differs from the right one in one decision. */

import type { Context, Mutant, NodeId, Options } from "../../harness/protocol.ts";
import { BenOr, type Entry, type Instance } from "./ben-or.ts";
import { count, type Heard, type Message, type Step, type Value } from "./messages.ts";

class MajorityOfThoseHeard extends BenOr {
  protected override isMajority(reports: number, heard: Heard): boolean {
    return reports > heard.size / 2;
  }
}

class HalfIsAMajority extends BenOr {
  protected override isMajority(reports: number): boolean {
    return reports >= this.n / 2;
  }
}

class DecidesOnT extends BenOr {
  protected override decides(proposals: number): boolean {
    return proposals >= this.t;
  }
}

class DecidesOnReports extends BenOr {
  protected override onReports(instance: Instance, heard: Heard): void {
    const value = ([0, 1] as const).find((value) => this.isMajority(count(heard, value), heard));
    if (value === undefined) super.onReports(instance, heard);
    else this.decide(instance, value, instance.round);
  }
}

class FlipsAlways extends BenOr {
  protected override choose(instance: Instance): Value {
    return super.choose(instance, undefined);
  }
}

class KeepsItsValue extends BenOr {
  protected override choose(instance: Instance, proposed: Value | undefined): Value {
    return proposed ?? instance.value;
  }
}

class MixesRounds extends BenOr {
  protected override stepOf({ type }: Pick<Step, "type">): string {
    return type;
  }
}

class CountsMessages extends BenOr {
  protected override voiceOf(from: NodeId, heard: Heard): NodeId {
    return `${from} ${heard.size}`;
  }
}

class SaysBeforeItPersists extends BenOr {
  protected override tell(said: Step): void {
    this.ctx.broadcast(said);
    this.persist(said);
  }
}

class ForgetsInACrash extends BenOr {
  protected override recover(): Entry[] {
    return [];
  }
}

class SilentOnceDecided extends BenOr {
  protected override help(from: NodeId, message: Message): void {
    if (message.type !== "decided") super.help(from, message);
  }
}

class LeavesThoseBehind extends BenOr {
  protected override onBehind(): void {}
}

class SaysItOnce extends BenOr {
  protected override repeat(): void {}
}

const create = (wrong: typeof BenOr) => (ctx: Context, options: Options) => new wrong(ctx, options);

const fourServers = (why: string): NonNullable<Mutant["needs"]> => ({ scenario: "mutants/ben-or-four-servers.yaml", why });
const oneBehind = (why: string): NonNullable<Mutant["needs"]> => ({ scenario: "mutants/ben-or-one-behind.yaml", why });

export const mutants: readonly Mutant[] = [
  {
    name: "majority-of-those-heard",
    breaks:
      "Proposes what more than half of the reports that it has heard say, instead of more than half of all servers: two of five are a majority of three, so both values are proposed in one round.",
    create: create(MajorityOfThoseHeard),
  },
  {
    name: "half-is-a-majority",
    breaks:
      "With an even number of servers half of them count as a majority, so both values are proposed in one round (raft-java issue 21).",
    create: create(HalfIsAMajority),
    needs: fourServers("half of the servers is only a number of servers when that is even"),
  },
  {
    name: "decides-on-t",
    breaks:
      "Decides on t proposals instead of more than t: n - t others exist who have not heard one of them, and flip their coins.",
    create: create(DecidesOnT),
  },
  {
    name: "decides-on-reports",
    breaks: "Decides on a majority of reports without the second step of the round: nobody else need have seen that majority.",
    create: create(DecidesOnReports),
  },
  {
    name: "flips-always",
    breaks:
      "Flips its coin in every round that does not decide, also when it has heard a proposal: somebody else may have decided on that one (step 3 (a) of the paper left out).",
    create: create(FlipsAlways),
  },
  {
    name: "keeps-its-value",
    breaks:
      "Keeps its value where the paper flips a coin, and so is deterministic: two servers against two go on for ever (Fischer, Lynch, Paterson, JACM 1985).",
    create: create(KeepsItsValue),
    needs: fourServers("with an odd number of servers some round in which the majority hears itself ends it by chance"),
  },
  {
    name: "mixes-rounds",
    breaks: "Counts what it hears without looking at the round, so a late word of an old round stands for one of this.",
    create: create(MixesRounds),
  },
  {
    name: "counts-messages",
    breaks:
      "Counts messages instead of servers, so one that is doubled, or repeated, is heard as another voice (votes in akka-raft).",
    create: create(CountsMessages),
  },
  {
    name: "says-before-it-persists",
    breaks: "Sends before it writes to disk, so after a crash in between it may say something else in the same step.",
    create: create(SaysBeforeItPersists),
  },
  {
    name: "forgets-in-a-crash",
    breaks:
      "Comes back with nothing, and takes part again: the paper's processes that stop never come back, and one that has forgotten says two things in one round.",
    create: create(ForgetsInACrash),
  },
  {
    name: "silent-once-decided",
    breaks:
      "Says its decision once and nothing afterwards, so who has missed it waits for ever: the paper lets a process that has decided go on.",
    create: create(SilentOnceDecided),
    needs: oneBehind("another server answers the client, unless it waits for the one that it has asked"),
  },
  {
    name: "leaves-those-behind",
    breaks: "Repeats what it says in its own round only, so servers in different rounds wait for each other for ever.",
    create: create(LeavesThoseBehind),
    needs: oneBehind("many messages must be lost for five servers to be in three different rounds"),
  },
  {
    name: "says-it-once",
    breaks: "Repeats nothing, though messages get lost: the paper's network delivers all of them, some day.",
    create: create(SaysItOnce),
    needs: oneBehind("another server answers the client, unless it waits for the one that it has asked"),
  },
];
