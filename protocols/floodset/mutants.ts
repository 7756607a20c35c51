/** FloodSet done wrong: each differs from the right one in one decision. */

import type { Context, Mutant, NodeId, Options } from "../../harness/protocol.ts";
import { FloodSet, type Instance } from "./floodset.ts";
import type { Message, Value } from "./messages.ts";

class FRounds extends FloodSet {
  protected override rounds(): number {
    return this.f;
  }
}

class FloodsOnce extends FloodSet {
  protected override flood(instance: Instance): void {
    if (instance.round === 1) super.flood(instance);
    else this.beginRound(instance);
  }
}

class FirstValueWins extends FloodSet {
  protected override choose({ values }: Instance): Value {
    return [...values][0]!;
  }
}

class EndsRoundsEarly extends FloodSet {
  private readonly heard = new Map<string, number>();

  override onMessage(from: NodeId, message: Message): void {
    super.onMessage(from, message);
    const instance = this.instances.get(message.key);
    if (instance === undefined || message.type !== "flood") return;
    const heard = (this.heard.get(message.key) ?? 0) + 1;
    const enough = heard === this.ctx.nodes().length - this.f - 1;
    this.heard.set(message.key, enough ? 0 : heard);
    if (enough) this.onRoundOver(instance);
  }
}

class OneDelayARound extends FloodSet {
  protected override beginRound({ key }: Instance): void {
    this.ctx.setTimer(`round ${key}`, this.roundMs / 2, key);
  }
}

class TakesLateInputs extends FloodSet {
  protected override inputLate(instance: Instance, value: Value): void {
    this.ctx.fact("input", { key: instance.key, value });
    instance.values.add(value);
  }
}

class TakesPartAtOnce extends FloodSet {
  protected override comeBack(): void {}
}

class DecisionInMemory extends FloodSet {
  protected override record(): void {}
}

const create = (wrong: typeof FloodSet) => (ctx: Context, options: Options) => new wrong(ctx, options);

export const mutants: readonly Mutant[] = [
  {
    name: "f-rounds",
    breaks:
      "Decides after f rounds: f crashes, each in the middle of sending to one who is the next to crash, hide a value from all but one server to the end (the lower bound of Fischer and Lynch, IPL 1982).",
    create: create(FRounds),
    needs: {
      scenario: "mutants/floodset-chain-of-crashes.yaml",
      why: "depth f: f servers in a row must crash in the middle of sending, each just after it has told the next one; f is 2 here",
    },
  },
  {
    name: "floods-once",
    breaks: "Sends what it knows in the first round only, so what a crashed server has told one of the others is not passed on.",
    create: create(FloodsOnce),
  },
  {
    name: "first-value-wins",
    breaks: "Decides on the value that it knew first, its own if it has one: the rule must be the same function of the same set.",
    create: create(FirstValueWins),
  },
  {
    name: "ends-rounds-early",
    breaks:
      "Ends a round as soon as n - f servers were heard, as protocols without clocks do: whoever is slow has then not crashed, and counts on being heard.",
    create: create(EndsRoundsEarly),
  },
  {
    name: "one-delay-a-round",
    breaks:
      "Makes rounds as long as one delay and a bit, and forgets that servers do not begin together: the last word of one comes after the decision of another.",
    create: create(OneDelayARound),
    needs: {
      scenario: "mutants/floodset-one-round.yaml",
      why: "with f = 0 there is no further round that makes up for what came late; with more, crashes must have used them up",
    },
  },
  {
    name: "takes-late-inputs",
    breaks: "Adds a client's value to its set in whatever round it is, also in the last one, when it tells nobody any more.",
    create: create(TakesLateInputs),
  },
  {
    name: "takes-part-at-once",
    breaks:
      "A server that comes back takes part at once in what it has left in the middle, or in what began without it: the paper's crashed processes stay away.",
    create: create(TakesPartAtOnce),
  },
  {
    name: "decision-in-memory",
    breaks: "Keeps decisions in memory only: when all have been restarted, one after the other, they decide anew.",
    create: create(DecisionInMemory),
    needs: {
      scenario: "mutants/floodset-one-after-another.yaml",
      why: "while f servers at most ever crash, the others remember for them",
    },
  },
];
