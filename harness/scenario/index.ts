/** The room's door. */

export { type Amount, amountAt, readSize, spread, withAmount, written } from "./amounts.ts";
export { type Catalogue, clusterOf, faultOf, protocolOf, workloadOf } from "./catalogue.ts";
export { writeCase } from "./expand.ts";
export { asExplicit } from "./explicit.ts";
export { flow, inWords } from "./flow.ts";
export { formatScenario } from "./fmt.ts";
export { jsonSchema } from "./json-schema.ts";
export { limitName } from "./limits.ts";
export { loadScenario, loadScenarios, mutationExpected } from "./load.ts";
export { type OwnFiles, ownPath, ownPaths, textsOf, withOwn } from "./own.ts";
export { type PlanSource, planArbitrary, planDrawer, planSource } from "./plan.ts";
export { ScenarioError } from "./problems.ts";
export { fullName, type Scenario } from "./scenario.ts";
export { isStrategy, type StrategyName, strategyNames, usualStrategy } from "./strategies.ts";
export { type Regression, readSuite, regressionScenarios, withRegression } from "./suite.ts";
export { why } from "./why.ts";
export { writeExplicit } from "./write.ts";
