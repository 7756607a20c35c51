/** Claims: sentences about algorithms and guarantees that a scenario puts to the test, what became of each, and the table of all. */

import { z } from "zod";
import { doc } from "./fields.ts";
import type { Report } from "./problems.ts";
import type { Claim, Scenario } from "./scenario.ts";

export const claim = doc(
  z.strictObject({
    says: doc(z.string().min(1), "The sentence, as it is told.", "Redis SETNX with an expiry gives mutual exclusion"),
    source: doc(z.string().min(1), "Who tells it.", "Redis documentation, SETNX"),
    "only-if": doc(
      z.string().min(1),
      "The condition under which it is true: exactly where some cases expect valid and others a violation.",
      "the resource checks the fencing token",
    ).optional(),
    because: doc(
      z.string().min(1),
      "Why it holds or fails, in one sentence.",
      "a client that sleeps past its lease does not know it",
    ),
  }),
  "The checkable sentence that this file puts to the test; what its cases expect is the verdict.",
  { says: "Raft's local reads are linearizable", source: "folklore", because: "a leader that was cut off has not heard of it" },
);

/** "holds" when every case expects valid, "refuted" when every case expects a violation. */
export type ClaimVerdict = "holds" | "holds only if" | "refuted";

/** `scenarios`: all cases of one file. */
export function claimVerdict(scenarios: readonly Pick<Scenario, "expect">[]): ClaimVerdict {
  const valid = scenarios.filter(({ expect }) => expect.kind === "valid").length;
  if (valid === scenarios.length) return "holds";
  return valid === 0 ? "refuted" : "holds only if";
}

/** A condition is told exactly when the claim depends on one. */
export function checkClaim(scenarios: readonly Scenario[], report: Report): void {
  const claim = scenarios[0]?.claim;
  if (claim === undefined) return;
  const verdict = claimVerdict(scenarios);
  if (verdict === "holds only if" && claim["only-if"] === undefined) {
    report(["claim"], 'some cases expect valid and others a violation; say under "only-if" what makes the difference', "key");
  }
  if (verdict !== "holds only if" && claim["only-if"] !== undefined) {
    const all = verdict === "holds" ? "expects valid" : "expects a violation";
    report(
      ["claim", "only-if"],
      `every case ${all}, so the claim has no condition; take the key out, or add the other case`,
      "key",
    );
  }
}

interface Row {
  readonly claim: Claim;
  readonly verdict: ClaimVerdict;
  readonly protocol: string;
  readonly file: string;
}

const order: readonly ClaimVerdict[] = ["holds", "holds only if", "refuted"];

/** The page about all claims, in Markdown. `files`: the scenarios of each file, in order; `from`: the folder that the page lies in. */
export function claimsPage(files: readonly (readonly Scenario[])[], from: string): string {
  const rows = files.flatMap((scenarios): Row[] => {
    const [first] = scenarios;
    if (first?.claim === undefined) return [];
    const { claim, protocol, file } = first;
    return [{ claim, verdict: claimVerdict(scenarios), protocol, file: file.startsWith(from) ? file.slice(from.length) : file }];
  });
  const sorted = order.map((verdict) => rows.filter((row) => row.verdict === verdict));
  const counts = order.map((verdict, i) => `${sorted[i]!.length} ${verdict}`).join(", ");
  return `${[
    "# Claims, put to the test",
    "<!-- Made from the scenarios beside it by a test: SEEDQUAKE_UPDATE=1 npx vitest run harness/scenario/claims.test.ts -->",
    `Each sentence about an algorithm or a guarantee stands once, as a scenario that anybody can run. ${rows.length} claims: ${counts}.`,
    ...order.flatMap((verdict, i) => [`## ${verdict[0]!.toUpperCase()}${verdict.slice(1)}`, table(sorted[i]!, verdict)]),
  ].join("\n\n")}\n`;
}

function table(rows: readonly Row[], verdict: ClaimVerdict): string {
  if (rows.length === 0) return "None.";
  const conditional = verdict === "holds only if";
  const head = conditional ? ["claim", "only if", "because"] : ["claim", "because"];
  const lines = rows.map(({ claim, protocol, file }) => {
    const texts = conditional ? [claim.says, claim["only-if"]!, claim.because] : [claim.says, claim.because];
    return [...texts, claim.source, `\`${protocol}\``, `[${file}](${file})`];
  });
  return [[...head, "source", "protocol", "scenario"], Array(head.length + 3).fill("---"), ...lines]
    .map((cells) => `| ${cells.map((cell) => cell.trim().replaceAll("|", "\\|").replace(/\s+/g, " ")).join(" | ")} |`)
    .join("\n");
}
