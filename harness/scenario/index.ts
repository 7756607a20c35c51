/** The room's door. */

export { type Catalogue, clusterOf, faultOf, protocolOf, workloadOf } from "./catalogue.ts";
export { writeCase } from "./expand.ts";
export { asExplicit } from "./explicit.ts";
export { inWords } from "./flow.ts";
export { formatScenario } from "./fmt.ts";
export { jsonSchema } from "./json-schema.ts";
export { limitName } from "./limits.ts";
export { loadScenario, loadScenarios } from "./load.ts";
export { type OwnFiles, ownPaths, withOwn } from "./own.ts";
export { drawPlan, planArbitrary, planDrawer } from "./plan.ts";
export { ScenarioError, type ScenarioProblem } from "./problems.ts";
export { randomFrom } from "./random.ts";
export { type Expectation, type FaultItem, fullName, type Limit, type Plan, type RangeUs, type Scenario } from "./scenario.ts";
export { why } from "./why.ts";
export { writeExplicit } from "./write.ts";
