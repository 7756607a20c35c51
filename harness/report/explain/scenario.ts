/** Explained: what can be wrong with the text of a scenario. */

import type { Group } from "./code.ts";

const places = "The place is at the beginning of the sentence: file:line:column, and the key.";

export const scenario: Group = {
  title: "The text of a scenario",
  codes: [
    {
      code: "yaml",
      title: "the text is not YAML, or not of the plain kind that scenarios are written in",
      says: [
        /this is not YAML:/,
        /a bracket that was opened above is not closed/,
        /a text that began with a quote above never ends/,
        /indented with a tab/,
        /the indentation of this line does not fit/,
        /this line holds a second "key:"/,
        /a second document begins here/,
        /the tag .+ means nothing here/,
        /expected a word as the key/,
        /this line has no colon/,
        /expected a number with an end/,
        /no key of a scenario has this name/,
      ],
      example:
        "scenarios/mine.yaml:7:3: this line is indented with a tab, where YAML takes only spaces; put two spaces in its place",
      means:
        "Before anything is understood, the text must be YAML: keys of one map in one column, two spaces deeper what belongs to a key, text with a colon or a quote in it in quotes. Only the first flaw is told, as most others follow from it. Tags, several documents and keys that are no words are YAML too, but no scenario needs them.",
      todo: [
        "`seedquake fmt <file>` brings what can be read into one layout; comments stay.",
        "`seedquake schema > scenario.schema.json` lets an editor underline such lines while you type.",
      ],
    },
    {
      code: "alias",
      title: "a YAML alias stands for nothing, for itself, or for too much",
      says: [/the alias \*/, /the aliases up to here unfold/, /one alias too many/],
      example: "the alias *slow stands for nothing: no anchor &slow stands before it",
      means:
        "An alias repeats what stands at the anchor of its name, which must come before it in the file. Aliases of aliases can unfold to more than any machine holds, so their number and what they unfold to is bounded.",
      todo: ["Write `&name` at what is to be repeated, above the first `*name`; or write it out."],
    },
    {
      code: "not-a-scenario",
      title: "the file is something else than a scenario",
      says: [
        /this file is empty; a scenario has at least/,
        /expected the keys of a scenario/,
        /a suite names scenarios and is none itself/,
        /this is no scenario:/,
        /this is no plain text:/,
        /this is nested (?:too deeply|more than)/,
      ],
      example: 'scenarios/mine.yaml:1:1: this file is empty; a scenario has at least "protocol" and "workload"',
      means:
        "A scenario is a map of keys at the left margin, in UTF-8, of at most a million characters. Another kind of file stands among the scenarios: a suite of regressions, which only `run` and `list` read, a list, or something binary.",
      todo: ["`seedquake init` writes a scenario to begin with; `seedquake list` shows those that there are."],
    },
    {
      code: "unknown-key",
      title: "a key stands where it means nothing",
      says: [/there is no such key here;/, /a suite names scenarios; write this one/, /that file exports nothing for this place/],
      example: 'scenarios/mine.yaml:9:5: faults[0].dely: there is no such key here; did you mean "delay"?',
      means:
        "Every key is either known at its place or an error: a misspelt `loss:` that is silently passed over would make a harsh scenario a calm one, and a green would lie. When the key belongs elsewhere, the sentence says where.",
      todo: [
        "scenarios/README.md is the reference of all keys, made from the schema.",
        "`seedquake schema > scenario.schema.json` gives an editor completion and hover texts.",
      ],
    },
    {
      code: "missing",
      title: "a key that must be there is not",
      says: [/this is missing;/],
      example:
        "scenarios/mine.yaml:1:1: workload: this is missing; expected a workload (one of register, key-value ...) with its settings",
      means:
        "The key at the beginning of the sentence has no default that would suit everybody, so it must be written. The place is that of the map which it belongs to.",
      todo: [
        "Write the key; the end of the sentence says what it takes.",
        "`seedquake why <a similar scenario>` shows one in plain English.",
      ],
    },
    {
      code: "wrong-value",
      title: "a value is of another kind than the key takes",
      says: [
        /^(?!--)(?:.*[\w\])]: )?expected (?!.*with its target)(?:a (?:count of|number such|number above|number of runs|duration such|whole number|name of letters|list of faults|list of at|list, found|map, found|number of at|number, found (?!a list of names)|percentage (?:such|or parts)|workload \(one of .+with its settings|client such|node, a role|server such|target \(|moment such|range such|… such)|messages a second such|late, early|the name of|the role of|wall|a node, a role|keep or|effects, persists|start, request|both, one|true or false|oldest, newest|in, out|open, answered|how many|zones with|linearizable, invariants|valid, or|text of|text, found|something else, found|binary or|unique or|its name, or any|one of )/,
      ],
      example:
        "scenarios/mine.yaml:6:9: faults[0].for: expected a duration such as 300ms, found the number 300; write 300s or 300ms.",
      means:
        "Numbers carry their unit and words are chosen from a list, so that nobody has to guess whether 300 is milliseconds or seconds. The sentence says what the key takes and what it found there. " +
        places,
      causes: [
        "a duration or a percentage without its unit",
        "a number in quotes, which YAML takes for text",
        "a list where one value is meant, or the other way round",
      ],
      todo: ["Write it as the sentence shows; scenarios/README.md has an example of every key."],
    },
    {
      code: "wrong-range",
      title: "a range or a duration that cannot be",
      says: [
        /the range .+ is upside down/,
        /(?:goes too far|begins below 1); expected/,
        /expected a duration above 0/,
        /is less than the (?:min|median),/,
        /one try may not take longer than/,
        /at .+ nothing would ever get through/,
      ],
      example: "scenarios/mine.yaml:4:14: faults[0].at: the range 2s..1s is upside down; did you mean 1s..2s?",
      means:
        "Each value may be right by itself, but together they leave nothing to choose, or nothing would happen: a range ends before it begins, a duration is zero, one try of a client takes longer than all of its tries together.",
      todo: [
        "Swap the two ends, or write a value within what the sentence names.",
        "What should never happen is left out rather than given the duration 0.",
      ],
    },
    {
      code: "unknown-name",
      title: "there is nothing of that name",
      says: [
        /has no such (?:role|option|mutant);/,
        /has no (?:role|mutant|goal|order) "/,
        /is no client and no selector of this cluster/,
        /has no (?:goals|options); take/,
        /there is no (?:check|fault|client|strategy|node|amount) "/,
        /no fault of this file has a "name"/,
        /there is no fault called/,
        /there is no case ".*" in it|no file of these has (?:cases|such a case)/,
        /it has no cases; leave --case away/,
        /is no node, role or selector of this cluster/,
        /there is no such (?:model|mutant|reporter);/,
        /expected a protocol \(.*\), found none of that name/,
        /no scenario's name contains it/,
        /expected a code or a sentence that seedquake says/,
      ],
      example: 'scenarios/mine.yaml:12:5: faults[2]: there is no fault "crsh"; did you mean "crash"?',
      means:
        "Protocols, workloads, faults, checks, goals, mutants, nodes and cases are known by their names, and this one is nobody's. When it is one or two letters away from a name that there is, the sentence asks for that, else it lists what could have been meant.",
      causes: [
        "a slip of the pen",
        "a name of another protocol: goals, options, roles and mutants are each protocol's own",
        "n6 in a cluster of five, or c4 of three clients",
      ],
      todo: [
        "`seedquake list` shows protocols with their mutants, workloads and faults.",
        "`seedquake points <scenario>` shows what can be named as a moment.",
        "What is yours is named by its path: `protocol: ./mine.ts`.",
      ],
    },
    {
      code: "named-twice",
      title: "the same name stands twice",
      says: [
        /stands here twice;/,
        /this key stands on line/,
        /two scenarios of this file would be called/,
        /two nodes of this cluster are called/,
        /the fault on line .+ is called ".*" too/,
        /another operation is called ".*" too/,
        /is one of the invariants, which all stand here/,
      ],
      example:
        'scenarios/mine.yaml:14:3: faults[3].name: the fault on line 9 is called "cut" too; give this one a name of its own',
      means:
        "Names are what reports, seeds and shrinking hold on to, so each stands for one thing. Of two equal keys YAML would silently take the last, which is why the second one is refused.",
      todo: ["Take one of the two out, or give it another name. Faults without `name:` are numbered by themselves."],
    },
    {
      code: "either-or",
      title: "two things stand here of which only one can be",
      says: [
        /expected count or names, found both/,
        /both say where the crash falls/,
        /an item has one word that says when it happens/,
        /an item is one fault, found/,
        /a moment is one thing, found/,
        /a scenario has one workload/,
        /expected exactly one of constant, exponential, heavy-tail/,
        /says already how long it lasts/,
        /the fault on line .+ goes through every effect already/,
        /here every node has its own/,
      ],
      example:
        "scenarios/mine.yaml:8:5: faults[0]: an item has one word that says when it happens, found at and every; take one of them out",
      means:
        "Both say the same thing in different ways, and nobody could tell which one holds. Rather than take the first, the tool asks.",
      todo: ["Take one of the two out; where both are wanted, make two items of them."],
    },
    {
      code: "does-not-go-together",
      title: "a key has a meaning only beside another one",
      says: [
        /"?\S+"? goes with (?:disk: wipe|a target, not|a list of nodes)/,
        /happens at one moment and lasts for nothing/,
        /"(?:…|direction|clients)" goes with/,
      ],
      example: 'scenarios/mine.yaml:8:5: faults[0].beyond: "beyond" goes with disk: wipe; take it away',
      means:
        "The key changes something that this item does not do, so it would be read and have no effect; what is written in a scenario must matter.",
      todo: ["Take the key out, or write what it goes with beside it."],
    },
    {
      code: "explicit",
      title: "an explicit scenario has other rules than a drawn one",
      says: [
        /nothing is drawn in an explicit scenario/,
        /an explicit scenario \(format: 1\) (?:is one run|also has)/,
        /only an explicit scenario has this key/,
        /which only an explicit scenario \(format: 1\) has/,
        /expected all of the operation under "op"/,
        /expected what is asked, such as "f: write"/,
        /a dot and a number mark one of many in an explicit scenario/,
      ],
      example:
        "counterexample.yaml:12:9: faults[0].at: nothing is drawn in an explicit scenario; write one duration such as 1.2s",
      means:
        "A file with `format: 1` is one run, written out: every operation and fault with its time, a seed for the weather, and nothing left to chance, so that it replays for a whole major version whatever the generator does. Ranges, `every:`, `runs:` and cases have no place in it; the plan and the seed have none elsewhere.",
      todo: [
        "`seedquake show <scenario> --explicit --seed <n>` writes a drawn run out as such a file.",
        "To let things vary, take `format:`, `seed:` and `plan:` out, and write operations as a workload.",
      ],
    },
    {
      code: "cluster",
      title: "the cluster is too small, too large, or lacks whom somebody asks for",
      says: [
        /needs at least .+, found/,
        /takes at most .+, found/,
        /expected at most .+ (?:clients|spares), found/,
        /has several roles: expected a number for each/,
        /clients ask the role .+, and there is no node of it/,
        /a minority of .+ is nobody/,
        /cannot be chosen: this cluster has only/,
        /nobody has two others to tell different things/,
        /there is no client in this cluster/,
        /takes no spares/,
      ],
      example: "scenarios/mine.yaml:2:8: nodes: raft needs at least 3 nodes, found 2",
      means:
        "Each protocol states how many servers of which role it works with, and which of its roles take spares; faults such as `minority` need enough servers to have one. A scenario outside of that would test something that nobody claims.",
      todo: [
        "protocols/README.md lists the roles of each protocol, with their least numbers.",
        "Several roles: `nodes: { coordinator: 1, participant: 3 }`.",
      ],
    },
    {
      code: "zones",
      title: "zones that faults could not aim at",
      says: [
        /no zone is named; write some/,
        /means something else to faults already; call the zone otherwise/,
        /this cluster has no (?:zones|two zones)/,
        /stands in the zone .+ too/,
      ],
      example: 'scenarios/mine.yaml:5:3: zones.any: "any" means something else to faults already; call the zone otherwise',
      means:
        "A zone is a name for nodes that stand in one place and may fail together. Faults aim at it by that name, so it must not be the name of a node, a role, a selector or one of the words that targets are made of, and each node stands in one zone at most.",
      todo: ["Write `zones: { a: [n1, n2], b: [n3] }` beside `nodes:`, then `crash: a`, `crash: zone` or `partition: zones`."],
    },
    {
      code: "transport",
      title: "the fault or key is about another transport than the protocol's",
      says: [/this protocol stands on (?:streams|datagrams)/],
      example:
        "scenarios/mine.yaml:8:5: this protocol stands on streams, which keep their order: reorder means nothing to it; take it out",
      means:
        "A protocol declares what it stands on. Datagrams are lost, doubled and reordered one by one and have no connections; streams deliver in order and lose nothing until the connection breaks. What the transport rules out by itself cannot be done to it: the fault would never have an effect.",
      todo: [
        "On streams write `disconnect`, `hold` or `partition` instead of duplicate, reorder and jam; on datagrams `partition` or `hold` instead of disconnect.",
      ],
    },
    {
      code: "check-does-not-apply",
      title: "a check cannot judge this scenario, or is not among those that do",
      says: [
        /cannot judge this scenario:/,
        /does not judge this scenario; add it to "check"/,
        /the violation cannot be waited for over/,
      ],
      example:
        'scenarios/mine.yaml:4:8: check: "linearizable" cannot judge this scenario: the workload requests has no sequential model; take it out',
      means:
        "A check must have something to judge: `linearizable` needs a workload with a sequential model, `invariants` a protocol that states some. And what is expected under `expect:` must be among what is checked, within as many runs as there are; otherwise it could never be found.",
      todo: ["Leave `check:` out: then everything that applies is checked.", "Name the expected check under `check:` as well."],
    },
    {
      code: "workload-not-served",
      title: "the protocol does not serve this workload",
      says: [/does not serve the workload/, /no protocol serves its workload/],
      example:
        "scenarios/mine.yaml:3:3: workload: two-phase-commit does not serve the workload key-value; expected one of transactions",
      means:
        "A workload is what clients ask, and a protocol names those that its nodes understand (`workloads`). Asking anything else would only show that it cannot answer.",
      todo: [
        "`seedquake list` shows protocols and workloads.",
        "For a protocol of your own: add the workload's name to its `workloads`.",
      ],
    },
    {
      code: "empty-workload",
      title: "the workload leaves nothing to be asked, or nothing that could overlap",
      says: [
        /all weights are 0, so there is no operation to draw/,
        /all operations within .+ leave nothing to interleave/,
        /a lease of .+ is over before/,
        /proposals that are spread over/,
      ],
      example:
        "scenarios/mine.yaml:3:13: workload.register.mix: all weights are 0, so there is no operation to draw; expected one above 0",
      means:
        "With these settings no operation would be drawn, or all of them at one moment, or each would be over before it began. Bugs of concurrency live in overlaps, so such a workload could find none.",
      todo: ["Give one kind of operation a weight above 0, and `within:` a second or more."],
    },
    {
      code: "fault-never",
      title: "the fault would come too late, or too often",
      says: [
        /is not before .+; let it come earlier/,
        /gaps of .+ are too short/,
        /when the clients are done and everything heals/,
        /, or say with "for" how long it lasts/,
      ],
      example:
        "scenarios/mine.yaml:8:9: faults[0].at: 6s is not before 5s, when the clients are done and everything heals; let it come earlier",
      means:
        "Faults act while clients work; when those are done, everything heals, and what was to begin later never begins. Gaps are bounded from below because every occurrence is a part of the plan, which is drawn, run, shrunk and printed.",
      todo: [
        "Let it come earlier, or give the workload more time: `within: 10s`.",
        "Much at once: one fault that lasts (`for:`) instead of many that come again and again.",
      ],
    },
    {
      code: "cases",
      title: "cases or a matrix that do not say what varies",
      says: [
        /expected the cases by their names/,
        /expected at least one (?:case|key with its values), found an empty map/,
        /expected what (?:this case|of this fault|varies|changes)/,
        /a matrix varies what a case may change/,
        /expected options with their values/,
        /expected a list of values such as/,
        /expected a word or a number, found .+; give each value a name instead/,
        /a case cannot change/,
        /this makes .+ scenarios, where .+ are the most/,
        /expected a name of letters and digits/,
      ],
      example: 'scenarios/mine.yaml:20:5: cases.slow.protocol: a case cannot change "protocol"; write a file of its own for that',
      means:
        "`cases:` are named variants of one scenario, each with what it changes; `matrix:` makes one scenario of every combination of its values. Both may change settings but not what the scenario is about, so that the cases of a file can be compared.",
      todo: [
        "`cases: { right: { expect: valid }, wrong: { mutant: local-reads, expect: { violation: linearizable } } }`",
        "`seedquake why <file>` tells what each case comes to.",
      ],
    },
    {
      code: "claim",
      title: "a claim and what its cases expect do not fit",
      says: [/some cases expect valid and others a violation; say under "only-if"/, /so the claim has no condition/],
      example:
        'scenarios/claims/mine.yaml:1:1: claim: some cases expect valid and others a violation; say under "only-if" what makes the difference',
      means:
        "A claim is a sentence that somebody says about an algorithm, and its cases are the test of it. All valid: it holds. All violations: it is refuted. Some of each: it holds only on a condition, and then that condition must be written, and only then.",
      todo: ["Add `only-if:`, take it out, or add the case that shows the other side."],
    },
    {
      code: "which-case",
      title: "the file has several cases, and one is meant",
      says: [/expected one scenario, found the cases/, /it has the cases .+; say which of them with --case/],
      example: "scenarios/mine.yaml: it has the cases right, wrong; say which of them with --case <name>",
      means:
        "`replay`, `points`, `show` and others work on one scenario, and this file holds several: one for each of its cases, or for each combination of its matrix.",
      todo: ["Add `--case <name>`; `seedquake list` shows the names."],
    },
    {
      code: "mutation-id",
      title: "a planted bug is named as mutate names it",
      says: [/expected a mutation as `seedquake mutate` names it|--mutation .+: nothing in this run came by it/],
      example:
        "scenarios/mine.yaml:3:11: mutation: expected a mutation as `seedquake mutate` names it, such as no-sync@mine/queue.ts:88 (...)",
      means:
        "A mutation is a kind of bug and the line of the protocol where it is planted. It is written as one word, so that a report's line can be typed again.",
      todo: [
        "Copy it from score.md, which `seedquake mutate <scenario>` writes. When the protocol has changed since, its line is another.",
      ],
    },
    {
      code: "suite-seed",
      title: "a regression's seed is not the one in its file",
      says: [/carries the seed .+, found .+; write/],
      example: "scenarios/regressions.yaml:4:1: seed: regressions/lost-ack.yaml carries the seed 408, found 12; write 408",
      means:
        "A counterexample carries the seed of its weather, and the suite repeats it as a safeguard: when they differ, one of the two files was exchanged.",
      todo: ["Write the seed of the file, or name the file that is meant."],
    },
  ],
};
