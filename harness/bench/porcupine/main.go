// Times Porcupine on recorded histories, for `npm run bench:check -- --part porcupine --porcupine ./porcupine-bench`.
//
// Build it anywhere: put this file into a folder of its own, then
//
//	go mod init bench && go get github.com/anishathalye/porcupine && go build -o porcupine-bench .
//
// It reads the same files as `seedquake check` (JSONL, and the logs of Porcupine's own tests for etcd and kv) and prints one JSON
// object a line: the file, the verdict, and the best time in milliseconds, without the reading.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// What a client asked; op is "read", "write", "cas", "get", "put", "append", "enqueue" or "dequeue". Registers go by numbers.
type input struct {
	op, key, text string
	from, to      int
}

// What it was told. An unknown answer is that of an operation which never returned.
type output struct {
	text    string
	value   int
	ok      bool
	unknown bool
}

type line struct {
	process int
	kind    string
	op, key string
	value   string
	isNull  bool
	pair    [2]string
}

const null = "\x00"

var numbers = map[string]int{null: 0}

func numbered(text string) int {
	known, found := numbers[text]
	if !found {
		known = len(numbers)
		numbers[text] = known
	}
	return known
}

func register(state, asked, told interface{}) (bool, interface{}) {
	value, in, out := state.(int), asked.(input), told.(output)
	switch in.op {
	case "read":
		return out.unknown || out.value == value, state
	case "write":
		return true, in.to
	default:
		if value == in.from {
			return out.unknown || out.ok, in.to
		}
		return out.unknown || !out.ok, state
	}
}

func keyValue(state, asked, told interface{}) (bool, interface{}) {
	text, in, out := state.(string), asked.(input), told.(output)
	switch in.op {
	case "get":
		return out.unknown || out.text == text, state
	case "put":
		return true, in.text
	default:
		return true, text + in.text
	}
}

// The items one after the other, each with a comma behind it.
func queue(state, asked, told interface{}) (bool, interface{}) {
	items, in, out := state.(string), asked.(input), told.(output)
	if in.op == "enqueue" {
		return true, items + in.text + ","
	}
	if items == "" {
		return out.unknown || out.text == null, state
	}
	first := items[:strings.IndexByte(items, ',')]
	return out.unknown || out.text == first, items[len(first)+1:]
}

func hashText(state interface{}) uint64 {
	hash := fnv.New64a()
	hash.Write([]byte(state.(string)))
	return hash.Sum64()
}

func hashNumber(state interface{}) uint64 { return uint64(state.(int)) * 0x9e3779b97f4a7c15 }

var registers = porcupine.Model{
	PartitionEvent: byKey, Init: func() interface{} { return 0 }, Step: register, Hash: hashNumber,
}

func byKey(history []porcupine.Event) [][]porcupine.Event {
	parts := map[string][]porcupine.Event{}
	keys := map[int]string{}
	for _, event := range history {
		if event.Kind == porcupine.CallEvent {
			keys[event.Id] = event.Value.(input).key
		}
		key := keys[event.Id]
		parts[key] = append(parts[key], event)
	}
	all := make([][]porcupine.Event, 0, len(parts))
	for _, part := range parts {
		all = append(all, part)
	}
	return all
}

var models = map[string]porcupine.Model{
	"register":     registers,
	"cas-register": registers,
	"kv": {
		PartitionEvent: byKey, Init: func() interface{} { return "" }, Step: keyValue, Hash: hashText,
	},
	"fifo-queue": {
		PartitionEvent: byKey, Init: func() interface{} { return "" }, Step: queue, Hash: hashText,
	},
}

var etcdLine = regexp.MustCompile(`jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(\S+)\s+(.*?)\s*$`)
var kvLine = regexp.MustCompile(`{:process (\d+), :type :(\w+), :f :(\w+), :key "(.*)", :value (nil|"(.*)")}`)

func parse(text, format string) (line, bool) {
	switch format {
	case "etcd-log":
		match := etcdLine.FindStringSubmatch(text)
		if match == nil {
			return line{}, false
		}
		parsed := line{process: number(match[1]), kind: match[2], op: match[3], value: match[4]}
		if parsed.value == "nil" {
			parsed.isNull = true
		} else if strings.HasPrefix(parsed.value, "[") {
			pair := strings.Fields(strings.Trim(parsed.value, "[]"))
			parsed.pair = [2]string{pair[0], pair[1]}
		}
		return parsed, true
	case "kv-log":
		match := kvLine.FindStringSubmatch(text)
		if match == nil {
			return line{}, false
		}
		return line{process: number(match[1]), kind: match[2], op: match[3], key: match[4], value: match[6], isNull: match[5] == "nil"}, true
	}
	var event struct {
		Process json.Number
		Type, F string
		Key     string
		Value   json.RawMessage
	}
	if json.Unmarshal([]byte(text), &event) != nil {
		return line{}, false
	}
	parsed := line{process: number(event.Process.String()), kind: event.Type, op: event.F, key: event.Key, value: plain(event.Value)}
	parsed.isNull = len(event.Value) == 0 || string(event.Value) == "null"
	var pair []json.RawMessage
	if parsed.op == "cas" && json.Unmarshal(event.Value, &pair) == nil && len(pair) == 2 {
		parsed.pair = [2]string{plain(pair[0]), plain(pair[1])}
	}
	return parsed, true
}

func plain(value json.RawMessage) string {
	if string(value) == "null" {
		return null
	}
	return strings.Trim(string(value), `"`)
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}

func read(path, format string) ([]porcupine.Event, int) {
	file, err := os.Open(path)
	if err != nil {
		panic(err)
	}
	defer file.Close()
	var events []porcupine.Event
	open := map[int]int{}
	crashed := []int{}
	failed := map[int]bool{}
	id := 0
	scanner := bufio.NewScanner(file)
	scanner.Buffer(make([]byte, 1<<20), 1<<28)
	for scanner.Scan() {
		parsed, found := parse(scanner.Text(), format)
		if !found {
			continue
		}
		if parsed.kind == "invoke" {
			asked := input{op: parsed.op, key: parsed.key, text: parsed.value, to: numbered(parsed.value)}
			if parsed.op == "cas" {
				asked.from, asked.to = numbered(parsed.pair[0]), numbered(parsed.pair[1])
			}
			events = append(events, porcupine.Event{Kind: porcupine.CallEvent, Value: asked, Id: id, ClientId: parsed.process})
			open[parsed.process] = id
			id++
			continue
		}
		call := open[parsed.process]
		delete(open, parsed.process)
		answer := output{text: parsed.value, ok: parsed.kind == "ok"}
		if parsed.isNull {
			answer.text = null
		}
		answer.value = numbered(answer.text)
		if parsed.kind == "info" || (parsed.kind == "fail" && parsed.value == ":timed-out") {
			crashed = append(crashed, call)
			continue
		}
		if parsed.kind == "fail" && (format != "etcd-log" || parsed.op != "cas") {
			failed[call] = true
		}
		events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Value: answer, Id: call, ClientId: parsed.process})
	}
	for _, call := range open {
		crashed = append(crashed, call)
	}
	for _, call := range crashed {
		events = append(events, porcupine.Event{Kind: porcupine.ReturnEvent, Value: output{unknown: true}, Id: call})
	}
	kept := events[:0]
	for _, event := range events {
		if !failed[event.Id] {
			kept = append(kept, event)
		}
	}
	return kept, id - len(failed)
}

func main() {
	name := flag.String("model", "register", "register, cas-register, kv or fifo-queue")
	format := flag.String("format", "jsonl", "jsonl, etcd-log or kv-log")
	timeout := flag.Duration("timeout", 10*time.Second, "for each history")
	flag.Parse()
	chosen, known := models[*name]
	if !known {
		panic("no such model: " + *name)
	}
	for _, path := range flag.Args() {
		events, operations := read(path, *format)
		best := time.Duration(1 << 62)
		total := time.Duration(0)
		var verdict porcupine.CheckResult
		for times := 0; times < 3 || total < 200*time.Millisecond; times++ {
			start := time.Now()
			verdict = porcupine.CheckEventsTimeout(chosen, events, *timeout)
			took := time.Since(start)
			total += took
			if took < best {
				best = took
			}
			if took > 2*time.Second {
				break
			}
		}
		text, _ := json.Marshal(map[string]interface{}{
			"file": path, "operations": operations, "ms": float64(best.Microseconds()) / 1000,
			"verdict": map[porcupine.CheckResult]string{porcupine.Ok: "valid", porcupine.Illegal: "invalid", porcupine.Unknown: "unknown"}[verdict],
		})
		fmt.Println(string(text))
	}
}
