/** Strategies: how the schedules that a scenario allows are searched. Their names and what each does; the doing stands in run/strategies. */

/** In the order in which they are told. */
export const strategies = {
  mixture: "swarm, places, fates, pct and pos on top of each other, each run some of them, with weights that were measured",
  random: "every plan as the scenario says, each part drawn by itself",
  swarm: "runs differ in which faults they are full of, and now and then in how many clients and keys there are",
  places: "faults begin at moments that are drawn by their kind and not by time, so a rare handler is hit as often as a busy one",
  fates: "single messages come late, twice or never, drawn by their type, where the scenario lets some come so",
  pct: "links have priorities, which change at a few moments: the messages of the lowest are as late as the weather allows",
  pos: "each message has a priority of its own: as late, or as early, as the weather allows, so that racing messages come in any order",
  coverage: "plans in whose runs something new happened are kept, and changed a little to make the next ones",
  "crash-points":
    "every effect of a run is tried as the point at which its node crashes, and those behind which something was told too early again and again, with those who were told out of reach; whoever came back is asked anew by a rival, or what it had refused",
  exhaustive:
    "for tiny scenarios: of one run all schedules that differ from it in nothing, in one crash or late message, in two ...",
} as const;

export type StrategyName = keyof typeof strategies;

export const strategyNames = Object.keys(strategies) as readonly StrategyName[];

/** Where nobody says which. */
export const usualStrategy: StrategyName = "mixture";

export function isStrategy(name: string): name is StrategyName {
  return Object.hasOwn(strategies, name);
}
