/** A scenario from its YAML text, or everything that is wrong with it. Pure: the door that calls this reads the file. */

import { shapes } from "../faults/sides.ts";
import { targetNames } from "../faults/target.ts";
import { operators, parseMutation } from "../sim/index.ts";
import { didYouMean } from "../sim/suggest.ts";
import { parseDuration, parseShare } from "../sim/units.ts";
import { type Variant, variants } from "./cases.ts";
import { type Catalogue, clusterOf } from "./catalogue.ts";
import { checkClaim } from "./claims.ts";
import { checkNames, clients, policy, servers, spares, zones } from "./cluster.ts";
import { conform } from "./explain.ts";
import { isExplicit, readPlan } from "./explicit.ts";
import { elsewhere, homes } from "./hints.ts";
import { compileItems, type ReadItem, readItem } from "./items.ts";
import { checks, expected, goals } from "./judge.ts";
import { compileLimits } from "./limits.ts";
import { streamTimeout, weather } from "./network.ts";
import { options } from "./options.ts";
import { renamed, writtenPaths } from "./own.ts";
import { found, type Path, type Report, ScenarioError, type ScenarioProblem, sentence } from "./problems.ts";
import { fullName, type Scenario } from "./scenario.ts";
import { type ScenarioFile, scenarioSchema } from "./schema.ts";
import { readYaml, type Yaml } from "./yaml.ts";

/** Where a name is no mutation's. */
export const mutationExpected = `expected a mutation as \`seedquake mutate\` names it, such as no-sync@mine/queue.ts:88 (${operators.join(", ")})`;

const defaultSettleUs = 3_000_000;
/** Who has made more mistakes than this has another file in hand. */
const mostProblems = 50;

/** The word under `mutant:` for the right protocol: where a case or a matrix goes back to it. */
export const noMutant = "none";

/** The one scenario of a file. Throws a ScenarioError when there are several, or what the text holds is none of this catalogue. */
export function loadScenario(text: string, file: string, catalogue: Catalogue): Scenario {
  const [first, ...others] = loadScenarios(text, file, catalogue);
  if (others.length === 0) return first!;
  const names = [first!, ...others].map((scenario) => scenario.case).join(", ");
  const message = `expected one scenario, found the cases ${names}; say which of them, with --case.`;
  throw new ScenarioError([{ file: first!.file, line: first!.line, column: 1, message }]);
}

/** Every scenario of a file: one for each of its cases. Throws a ScenarioError, and nothing else, when the text is none of this catalogue. */
export function loadScenarios(text: string, file: string, catalogue: Catalogue): readonly Scenario[] {
  const path = file.replaceAll("\\", "/");
  const read = readYaml(text);
  if (!("data" in read)) {
    throw new ScenarioError(read.map((flaw) => ({ file: path, ...flaw, message: sentence([], flaw.message) })));
  }

  const names = catalogue.own?.names[file] ?? {};
  const asWritten = writtenPaths(names);
  const yaml: Yaml = { data: renamed(read.data, names), position: (at, part) => read.position(asWritten(at), part) };

  const problems: ScenarioProblem[] = [];
  const told = new Set<string>();
  const report: Report = (at, message, part = "value") => {
    if (problems.length >= mostProblems) return;
    const problem = { file: path, ...yaml.position(at, part), message: sentence(asWritten(at), message) };
    // What is wrong in the file is wrong in each of its cases.
    const key = JSON.stringify(problem);
    if (!told.has(key)) problems.push(problem);
    told.add(key);
  };
  const stop = (): void => {
    const inOrder = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    if (problems.length > 0) throw new ScenarioError(inOrder);
  };
  const data = readKeys(yaml.data, report);
  const all = data === undefined ? [] : variants(data, report);
  stop();
  const forms = all.map((variant) => {
    const here: Report = (at, message, part) => report(variant.origin(at), message, part);
    return { variant, here, form: readForm(variant.data, catalogue, here) };
  });
  stop();
  const scenarios = forms.map(({ variant, here, form }) => {
    const { file: written, items } = form!;
    const explicit = isExplicit(written, here);
    const scenario = compile(written, items, explicit, path, variant, catalogue, yaml, here);
    stop();
    if (!explicit) return scenario;
    const plan = readPlan(written, variant.data["plan"], scenario, catalogue, here);
    stop();
    return { ...scenario, explicit: { seed: written.seed!, plan } };
  });
  checkClaim(scenarios, report);
  stop();
  return scenarios;
}

/** A file whose form is right: every key is known and every value of the right kind. */
interface Form {
  readonly file: ScenarioFile;
  readonly items: readonly ReadItem[];
}

type Keys = Readonly<Record<string, unknown>>;

function readKeys(data: unknown, report: Report): Keys | undefined {
  if (data === undefined || data === null) {
    report([], 'this file is empty; a scenario has at least "protocol" and "workload"');
    return undefined;
  }
  if (typeof data !== "object" || Array.isArray(data)) {
    report([], `expected the keys of a scenario, such as "protocol" and "workload", found ${found(data)}`);
    return undefined;
  }
  for (const key of Object.keys(data)) if (elsewhere.has(key)) report([key], elsewhere.get(key)!, "key");
  return Object.fromEntries(Object.entries(data).filter(([key]) => !elsewhere.has(key)));
}

function readForm(known: Keys, catalogue: Catalogue, report: Report): Form | undefined {
  const hint = homes(catalogue);
  const file = conform(scenarioSchema(catalogue), known, [], report, hint);
  oneWorkload(known["workload"], catalogue, report);
  const raw: unknown = known["faults"];
  const items = Array.isArray(raw) ? raw.map((item, i) => readItem(item, ["faults", i], catalogue.faults, report, hint)) : [];
  return file && { file, items: items.filter((item) => item !== undefined) };
}

function oneWorkload(raw: unknown, { workloads }: Catalogue, report: Report): void {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return;
  const names = Object.keys(raw);
  if (names.length === 0) {
    const all = workloads.map(({ name }) => name).join(", ");
    report(["workload"], `expected a workload (one of ${all}) with its settings, found an empty map`);
  }
  if (names.length > 1) {
    report(["workload", names[1]!], `a scenario has one workload, found ${names.join(" and ")}; take one of them out`, "key");
  }
}

function compile(
  file: ScenarioFile,
  items: readonly ReadItem[],
  explicit: boolean,
  path: string,
  variant: Variant,
  catalogue: Catalogue,
  yaml: Yaml,
  report: Report,
): Scenario {
  const protocol = catalogue.protocols.find(({ name }) => name === file.protocol)!;
  const [serving, settings] = Object.entries(file.workload)[0]!;
  const workload = catalogue.workloads.find((candidate) => candidate.name === serving)!;
  const lineOf = (at: Path): number => yaml.position(variant.origin(at), "key").line;

  if (!protocol.workloads.includes(serving)) {
    report(
      ["workload", serving],
      `${protocol.name} does not serve the workload ${serving}; expected one of ${protocol.workloads.join(", ")}`,
      "key",
    );
  }
  for (const problem of workload.check(settings)) report(["workload", serving, ...problem.path], problem.message);
  const members = servers(file, protocol, report);
  const cluster = {
    protocol: protocol.name,
    servers: [...members, ...spares(file, protocol, members, report)],
    clients: clients(file, report),
    policy: policy(file, protocol, members, report),
  };
  checkNames(cluster.servers, cluster.clients, report);
  const everybody = [...cluster.servers.map(({ id }) => id), ...cluster.clients];
  const taken = [...protocol.roles.map((role) => role.name), ...Object.keys(protocol.selectors ?? {}), ...targetNames, ...shapes];
  const stands = zones(file, everybody, taken, report);
  const placed = stands === undefined ? cluster : { ...cluster, zones: stands };
  const settleUs = file.settle === undefined ? defaultSettleUs : parseDuration(file.settle)!;
  if (settleUs === 0) report(["settle"], `expected a duration above 0, found ${file.settle}`);
  const check = checks(file, protocol, workload, catalogue, report);
  const mutant = mutantOf(file, protocol.mutants, report);

  // Without a cluster there is nothing to aim at, which has been told.
  const aimed = cluster.servers.length === 0 ? [] : items;
  const faults = compileItems(aimed, clusterOf(placed, catalogue), workload.withinUs(settings), explicit, report, lineOf);
  const name = scenarioName(path);
  const own = variant.name === undefined ? { name } : { name, case: variant.name };
  return {
    file: path,
    ...own,
    description: file.description ?? fullName(own),
    ...(file.claim === undefined ? {} : { claim: file.claim }),
    ...placed,
    ...(mutant === undefined ? {} : { mutant }),
    ...mutationOf(file, report),
    options: options(file.options, protocol, report),
    workload: { name: serving, settings },
    weather: weather(file.network, cluster, protocol.transport, report),
    ...streamTimeout(file.network, protocol.transport, report),
    faults,
    settleUs,
    check,
    ...expected(file, check, protocol, catalogue, report),
    require: { answeredPpm: file.require?.answered === undefined ? 0 : parseShare(file.require.answered)! },
    reach: goals(file, protocol, report),
    limits: compileLimits(file.limits),
    ...(file.strategy === undefined ? {} : { strategy: file.strategy }),
    line: variant.name === undefined ? lineOf(["protocol"]) : lineOfCase(variant.name, yaml),
  };
}

/** The case's own line; of a matrix alone, its line. */
function lineOfCase(name: string, yaml: Yaml): number {
  const cases = (yaml.data as Keys)["cases"];
  const [own] = name.split(".") as [string];
  return yaml.position(cases === undefined ? ["matrix"] : ["cases", own], "key").line;
}

function mutationOf({ mutation }: ScenarioFile, report: Report): { mutation?: string } {
  if (mutation === undefined) return {};
  if (parseMutation(mutation) === undefined) report(["mutation"], mutationExpected);
  return { mutation };
}

function mutantOf(
  { mutant, protocol }: ScenarioFile,
  mutants: readonly { readonly name: string; readonly id?: string }[],
  report: Report,
): string | undefined {
  if (mutant === undefined || mutant === noMutant) return undefined;
  const found = mutants.find(({ name, id }) => name === mutant || id === mutant);
  if (found === undefined) {
    const names = mutants.flatMap(({ name, id }) => (id === undefined ? [name] : [name, id]));
    report(["mutant"], `${protocol} has no mutant "${mutant}"; ${didYouMean(mutant, names)}`);
  }
  return found?.name;
}

/** "scenarios/mutants/x.yaml" is "mutants/x". */
function scenarioName(path: string): string {
  return path
    .replace(/^(?:.*\/)?scenarios\//, "")
    .replace(/^\.\//, "")
    .replace(/\.ya?ml$/, "");
}
