/** The room's door. */

export { type Catalogue, clusterOf, faultOf, protocolOf, workloadOf } from "./catalogue.ts";
export { asExplicit } from "./explicit.ts";
export { jsonSchema } from "./json-schema.ts";
export { loadScenario } from "./load.ts";
export { drawPlan, planArbitrary, planDrawer } from "./plan.ts";
export { ScenarioError, type ScenarioProblem } from "./problems.ts";
export { randomFrom } from "./random.ts";
export type { Expectation, FaultItem, Plan, RangeUs, Scenario } from "./scenario.ts";
export { writeExplicit } from "./write.ts";
