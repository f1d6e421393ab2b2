package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nats.go/micro"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
)

// description is the document as somebody reads it who has nothing else.
type description struct {
	bytes []byte
	tree  map[string]any
	table []operation
}

func describe(t *testing.T) description {
	t.Helper()
	desk, err := newDesk(1)
	if err != nil {
		t.Fatal(err)
	}
	s := &service{desk: desk}
	d := description{table: s.surface()}
	d.bytes, err = s.asyncapi()
	if err = errors.Join(err, json.Unmarshal(d.bytes, &d.tree)); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows names into the document; nothing is there when it gives nil.
func (d description) at(path ...string) any {
	var here any = d.tree
	for _, name := range path {
		members, _ := here.(map[string]any)
		here = members[name]
	}
	return here
}

// follow gives what a $ref points at, and anything else as it is.
func (d description) follow(v any) any {
	for {
		members, _ := v.(map[string]any)
		pointer, is := members["$ref"].(string)
		if !is {
			return v
		}
		v = d.at(strings.Split(strings.TrimPrefix(pointer, "#/"), "/")...)
	}
}

// complaints is what a schema has against a value. It knows the words that our
// schemas use and complains about any other, so that none is passed over.
func (d description) complaints(schema, value any, at string) []string {
	rules, is := d.follow(schema).(map[string]any)
	var found []string
	if !is {
		found = []string{at + ": no schema"}
	}
	for word, rule := range rules {
		found = append(found, d.complaint(word, rule, rules, value, at)...)
	}
	slices.Sort(found)
	return found
}

func (d description) complaint(word string, rule any, rules map[string]any, value any, at string) []string {
	members, isObject := value.(map[string]any)
	list, isList := value.([]any)
	text, isText := value.(string)
	number, isNumber := value.(float64)
	most, _ := rule.(float64)
	limit := int(most)
	var found []string
	wrong := false
	switch word {
	case "description", "title", "then":
	case "type":
		types, several := rule.([]any)
		if !several {
			types = []any{rule}
		}
		wrong = !slices.ContainsFunc(types, func(t any) bool {
			return t == "object" && isObject || t == "array" && isList || t == "string" && isText || t == "null" && value == nil ||
				t == "boolean" && (value == true || value == false) || t == "integer" && isNumber && number == math.Trunc(number)
		})
	case "required":
		for _, name := range rule.([]any) {
			if _, has := members[name.(string)]; isObject && !has {
				found = append(found, at+": lacks "+name.(string))
			}
		}
	case "properties":
		for name, v := range members {
			if schema, has := rule.(map[string]any)[name]; has {
				found = append(found, d.complaints(schema, v, at+"."+name)...)
			}
		}
	case "additionalProperties":
		known, _ := rules["properties"].(map[string]any)
		for name, v := range members {
			if _, has := known[name]; !has && rule == false {
				found = append(found, at+": has "+name)
			} else if !has {
				found = append(found, d.complaints(rule, v, at+"."+name)...)
			}
		}
	case "items":
		for i, v := range list {
			found = append(found, d.complaints(rule, v, fmt.Sprintf("%s[%d]", at, i))...)
		}
	case "allOf":
		for _, one := range rule.([]any) {
			found = append(found, d.complaints(one, value, at)...)
		}
	case "oneOf":
		fits := slices.DeleteFunc(slices.Clone(rule.([]any)), func(one any) bool {
			complaints := d.complaints(one, value, at)
			found = append(found, complaints...)
			return len(complaints) > 0
		})
		if len(fits) == 1 {
			found = nil
		}
		wrong = len(fits) > 1
	case "if":
		if len(d.complaints(rule, value, at)) == 0 {
			found = d.complaints(rules["then"], value, at)
		}
	case "enum":
		wrong = !slices.Contains(rule.([]any), value)
	case "const":
		wrong = value != rule
	case "pattern":
		wrong = isText && !regexp.MustCompile(rule.(string)).MatchString(text)
	case "format":
		layout := map[any]string{"date": time.DateOnly, "date-time": time.RFC3339Nano}[rule]
		_, err := time.Parse(layout, text)
		wrong = isText && err != nil && rule != "uuid"
	case "minimum", "maximum":
		wrong = isNumber && beyond(word, int(number), limit)
	case "minLength", "maxLength":
		wrong = isText && beyond(word, utf8.RuneCountInString(text), limit)
	case "minItems", "maxItems":
		wrong = isList && beyond(word, len(list), limit)
	default:
		return []string{at + ": unknown word " + word}
	}
	if wrong {
		found = append(found, fmt.Sprintf("%s: %s %v", at, word, rule))
	}
	return found
}

// beyond reports whether n is under the least or over the most.
func beyond(word string, n, limit int) bool {
	return strings.HasPrefix(word, "min") && n < limit || strings.HasPrefix(word, "max") && n > limit
}

// hold fails the test with every complaint about a value as JSON carries it.
func (d description) hold(t testing.TB, schema, value any, at string) {
	t.Helper()
	text, err := json.Marshal(value)
	var carried any
	if err = errors.Join(err, json.Unmarshal(text, &carried)); err != nil {
		t.Fatal(err)
	}
	for _, complaint := range d.complaints(schema, carried, at) {
		t.Error(complaint)
	}
}

// TestInterfaceDocument holds the document against the table, both ways.
func TestInterfaceDocument(t *testing.T) {
	d := describe(t)
	if !bytes.Equal(d.bytes, describe(t).bytes) {
		t.Error("the document has other bytes the second time")
	}
	printed, _, err := cliRun(t, nil, "asyncapi")
	var compact bytes.Buffer
	if err = errors.Join(err, json.Compact(&compact, []byte(printed))); err != nil || !bytes.Equal(compact.Bytes(), d.bytes) {
		t.Errorf("verloning asyncapi prints something else: %v", err)
	}
	operations, channels := []string{intakeChannel, eventChannel}, []string{intakeChannel, eventChannel, replyChannel}
	announced := map[string]bool{}
	for _, o := range d.table {
		operations, channels = append(operations, o.name()), append(channels, o.name())
		d.row(t, o)
		for _, event := range o.announces {
			announced["nl.verloning."+event+".v1"] = true
		}
	}
	if len(operations) < 30 || len(announced) < 10 {
		t.Fatalf("%d operations and %d events: the table has shrunk", len(operations), len(announced))
	}
	for _, one := range []struct {
		what string
		want []string
		got  any
	}{
		{"operations", operations, d.at("operations")}, {"channels", channels, d.at("channels")},
		{"events", slices.Collect(maps.Keys(announced)), d.at("channels", eventChannel, "messages")},
	} {
		slices.Sort(one.want)
		if got := slices.Sorted(maps.Keys(one.got.(map[string]any))); !slices.Equal(got, one.want) {
			t.Errorf("%s: %v\nwant %v", one.what, got, one.want)
		}
	}
	d.references(t)
}

// row compares one operation of the table with its description.
func (d description) row(t *testing.T, o operation) {
	t.Helper()
	name := o.name()
	types := []any{}
	for _, event := range o.announces {
		types = append(types, "nl.verloning."+event+".v1")
	}
	message := func(name string) any { return map[string]any{"$ref": "#/channels/" + name} }
	for _, one := range []struct{ got, want any }{
		{d.at("asyncapi"), "3.0.0"}, {d.at("operations", name, "action"), "send"},
		{d.at("operations", name, "x-role"), string(o.role)},
		{d.at("operations", name, "x-announces"), types},
		{d.at("operations", name, "messages"), []any{message(name + "/messages/" + name + ".request")}},
		{d.at("operations", name, "reply", "messages"), []any{message(replyChannel + "/messages/" + name + ".reply"), message(replyChannel + "/messages/problem")}},
		{d.at("operations", name, "x-reply-given-once") == true, o.secret},
		{d.at("channels", name, "address"), "api." + name},
		{d.at("components", "schemas", name+".request", "additionalProperties"), false},
	} {
		if !reflect.DeepEqual(one.got, one.want) {
			t.Errorf("%s: %v, want %v", name, one.got, one.want)
		}
	}
	if loose := d.loose(d.at("components", "schemas", name+".request"), name); len(loose) > 0 {
		t.Error(loose)
	}
}

// loose finds texts of a request of which the schema says nothing: a new field
// of the domain must get a tag or a form.
func (d description) loose(schema any, at string) []string {
	s, _ := d.follow(schema).(map[string]any)
	var found []string
	if s["type"] == "string" && s["pattern"] == nil && s["enum"] == nil && s["maxLength"] == nil {
		found = append(found, at+": any text will do")
	}
	properties, _ := s["properties"].(map[string]any)
	for name, p := range properties {
		found = append(found, d.loose(p, at+"."+name)...)
	}
	if s["items"] == nil {
		return found
	}
	return append(found, d.loose(s["items"], at+"[]")...)
}

// references wants every reference to lead somewhere, and everything that is
// kept to be referred to to be so.
func (d description) references(t *testing.T) {
	t.Helper()
	used := map[string]bool{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if pointer, is := v["$ref"].(string); is {
				used[pointer] = true
				if d.follow(v) == nil {
					t.Errorf("%s leads nowhere", pointer)
				}
			}
			walk(slices.Collect(maps.Values(v)))
		case []any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	walk(d.tree)
	kept := 0
	for _, kind := range []string{"messages", "schemas"} {
		for name := range d.at("components", kind).(map[string]any) {
			kept++
			if !used["#/components/"+kind+"/"+name] {
				t.Errorf("nothing refers to %s %s", kind, name)
			}
		}
	}
	if kept < 100 {
		t.Errorf("%d messages and schemas: the walk lost its way", kept)
	}
}

// TestInterfaceSchemas tries the request of the worked example, and what is
// wrong with it when it is changed.
func TestInterfaceSchemas(t *testing.T) {
	d := describe(t)
	const example = `{"submission":"0198f2c4-0000-7000-8000-000000000001","idempotency_key":"2026-10/C-1","mode":"partial","lines":[
		{"contract":"C-1","day":"2026-10-01","kind":"worked","hours":"8.00"}]}`
	terms := `"number":"C-1","valid_from":"2026-10-01","hours_per_week":"32","full_time_hours":"40"`
	tooMany := `"lines":[` + strings.Repeat(`{"contract":"C-1","day":"2026-10-01","kind":"worked","hours":"8"},`, 500) + `{"contract"`
	for _, one := range []struct{ request, body, want string }{
		{"hours.submit", example, ""},
		// The second line of the example: the service refuses the line, and with partial keeps the first.
		{"hours.submit", strings.Replace(example, "]}", `,{"contract":"C-9","day":"2026-10-32","kind":"worked","hours":"-1"}]}`, 1), ".lines[1].day: format date;.lines[1].hours: pattern "},
		{"hours.submit", strings.Replace(example, `"mode":"partial",`, "", 1), ""},
		{"hours.submit", strings.Replace(example, "partial", "half", 1), ".mode: enum "},
		{"hours.submit", strings.Replace(example, `"submission":"0198f2c4-0000-7000-8000-000000000001",`, "", 1), ": lacks submission"},
		{"hours.submit", strings.Replace(example, "0198f2c4-0000", "0198f2c4", 1), ".submission: pattern "},
		{"hours.submit", strings.Replace(example, `"8.00"`, `8.00`, 1), ".lines[0].hours: type string"},
		{"hours.submit", strings.Replace(example, `"8.00"`, `"8:30"`, 1), ".lines[0].hours: pattern "},
		{"hours.submit", strings.Replace(example, "worked", "idle", 1), ".lines[0].kind: enum "},
		{"hours.submit", strings.Replace(example, `"kind"`, `"sort"`, 1), ".lines[0]: has sort;.lines[0]: lacks kind"},
		{"hours.submit", strings.Replace(example, "2026-10/C-1", strings.Repeat("x", 101), 1), ".idempotency_key: maxLength 100"},
		{"hours.submit", `{"submission":"0198f2c4-0000-7000-8000-000000000001","lines":[]}`, ".lines: minItems 1"},
		{"hours.submit", strings.Replace(example, `"lines":[`+"\n\t\t"+`{"contract"`, tooMany, 1), ".lines: maxItems 500"},
		{"contract.amend", "{" + terms + "}", ""},
		{"contract.amend", "{" + terms + `,"wage_base":"amount"}`, ": lacks wage_amount"},
		{"contract.amend", "{" + terms + `,"wage_base":"amount","wage_amount":"16.50"}`, ""},
		{"loonwaarde.record", `{"employer":"E","contract":"C-1","valid_from":"2026-10-01","percent":101,"measured_by":"x"}`, ".percent: maximum 100"},
		{"org.register", `{"code":"E","name":"x","roles":["employer","bank"],"kvk":"1234567","iban":"NL91 ABNA 0417 1643 00"}`, ".kvk: minLength 8;.roles[1]: enum "},
		{"run.list", `{}`, ""},
		{"run.list", `{"run":1}`, ": has run"},
	} {
		var body any
		if err := json.Unmarshal([]byte(one.body), &body); err != nil {
			t.Fatalf("%v: %s", err, one.body)
		}
		got := d.complaints(d.at("components", "schemas", one.request+".request"), body, "")
		wants := strings.FieldsFunc(one.want, func(c rune) bool { return c == ';' })
		if !slices.EqualFunc(got, wants, strings.HasPrefix) {
			t.Errorf("%s %.200s: %v, want %q", one.request, one.body, got, one.want)
		}
	}
	unread := payroll.RejectedWhole(payroll.Actor{}, []byte("{"), &payroll.Refusal{Meaning: payroll.Invalid, Problems: []payroll.Problem{payroll.Reason("x", "", "x", "x")}})
	data := d.at("components", "schemas", "nl.verloning.hours.rejected.v1").(map[string]any)["allOf"].([]any)[1].(map[string]any)["properties"].(map[string]any)["data"]
	d.hold(t, data, unread.Data, "hours.rejected")
}

// TestInterfaceForms compares the forms of the document with the door: what the
// door takes the document may not forbid.
func TestInterfaceForms(t *testing.T) {
	d := describe(t)
	tagged := func(tag string) func(string) bool {
		form := reflect.StructOf([]reflect.StructField{{Name: "S", Type: reflect.TypeFor[string](), Tag: reflect.StructTag(`validate:"` + tag + `"`)}})
		return func(s string) bool {
			v := reflect.New(form).Elem()
			v.Field(0).SetString(s)
			return payroll.NewDoor(v.Interface()).Err() == nil
		}
	}
	day := func(s string) bool { door := &payroll.Door{}; door.Date("d", s); return door.Err() == nil }
	period := func(s string) bool { door := &payroll.Door{}; door.Period("p", s); return door.Err() == nil }
	amount := func(s string) bool { door := &payroll.Door{}; door.Amount("a", s); return door.Err() == nil }
	hours := func(s string) bool { q, err := payroll.ParseQuantity(s); return err == nil && q >= 0 }
	samples := strings.Fields(`0198f2c4-0000-7000-8000-000000000001 0198F2C4-0000-7000-8000-000000000001 0198f2c4 E oss-1 -e e_1 C-1 C/1 C.1_2 .C 111222333 11122233 123456789 1
		NL91ABNA0417164300 nl91abna0417164300 NL91ABNA0417164301 deadbeef 0xdead xyz 2026-10-01 2026-10-32 2026-1-1 26-10-01 2026-10 2026-13 2026-P13 2026-P14 2026-P1
		8 8.00 8.5 8.123 -1 1e3 8,5 8. .5 24 1234.56 1234567.89 ` + strings.Repeat("a", 32) + " " + strings.Repeat("a", 33) + " " + strings.Repeat("a", 40) + " " + strings.Repeat("a", 41))
	for form, one := range map[string]struct {
		takes func(string) bool
		exact bool // the document refuses what the door refuses, too
	}{
		"uuid": {tagged("uuid"), true}, "code": {tagged("code"), true}, "number": {tagged("number"), true}, "hash": {tagged("hexadecimal"), true},
		"bsn": {tagged("bsn"), false}, "iban": {tagged("iban"), false},
		"date": {day, true}, "period": {period, true}, "amount": {amount, false}, "hours": {hours, false},
	} {
		taken := len(slices.DeleteFunc(slices.Clone(samples), func(s string) bool { return !one.takes(s) }))
		for _, s := range samples {
			door, found := one.takes(s), d.complaints(d.at("components", "schemas", form), s, form)
			if door != (len(found) == 0) && (door || one.exact) {
				t.Errorf("%s %q: the door takes it: %v; the document: %v", form, s, door, found)
			}
		}
		if taken == 0 || taken == len(samples) {
			t.Errorf("%s: the door takes %d of %d samples", form, taken, len(samples))
		}
	}
}

// witness calls endpoints and holds every request and reply against the
// document.
type witness struct {
	*site
	description
	called map[string]bool
}

func (w witness) ask(c *bus.Client, endpoint string, request map[string]any) map[string]any {
	w.t.Helper()
	reply := w.must(c, endpoint, request)
	w.called[endpoint] = true
	w.hold(w.t, w.at("components", "schemas", endpoint+".request"), request, endpoint+".request")
	w.hold(w.t, w.at("components", "schemas", endpoint+".reply"), reply, endpoint+".reply")
	return reply
}

// TestInterfaceOfService holds the document against a running service: its
// endpoints, its streams, and what it says in a month.
func TestInterfaceOfService(t *testing.T) {
	t.Parallel()
	w := witness{newSite(t), describe(t), map[string]bool{}}
	shown := w.ask(w.admin, "asyncapi.show", map[string]any{})
	if !reflect.DeepEqual(shown, w.tree) {
		t.Error("the service describes itself otherwise")
	}
	clerk, control := w.month(t)
	for _, o := range w.table {
		if !w.called[o.name()] && o.name() != "events.release" { // It needs a service that is held.
			t.Errorf("%s was never called", o.name())
		}
	}
	keys, err := bus.LoadKeys(filepath.Join(w.dir, "keys"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(w.url, keys.ApplicationOption())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	w.runs(t, conn, clerk.Caller().Account)
	seen := map[string]bool{}
	for _, c := range []*bus.Client{clerk, control} {
		until(t, "all events came", func() bool {
			w.hear(t, c, seen)
			return seen["run.closed"] && (c == clerk || seen["payment.ordered"])
		})
	}
	if got := strings.Join(slices.Sorted(maps.Keys(seen)), " "); got != "agreement.recorded claim.partly claim.raised claim.settled claim.withdrawn contract.amended contract.ended contract.extended contract.registered cost.approved decision.recorded fee.granted "+
		"hours.accepted hours.rejected payment.exported payment.ordered payment.returned payment.settled period.locked period.reopened reconciliation.booked return.made run.approved run.calculated run.closed run.reopened run.reversed scheme.added statement.settled "+
		"trajectory.confirmed trajectory.contested trajectory.recorded trajectory.referred trajectory.upheld" {
		t.Errorf("events: %s", got)
	}
	_, err = w.call(clerk, "run.show", map[string]any{"run": "x"})
	var problem *bus.Problem
	if !errors.As(err, &problem) {
		t.Fatalf("run.show of nothing: %v", err)
	}
	w.hold(t, w.at("components", "schemas", "problem"), problem, "problem")
}

// hear reads events and holds each against the message of its type.
func (w witness) hear(t *testing.T, c *bus.Client, seen map[string]bool) {
	t.Helper()
	err := c.Tail(context.Background(), false, func(_ context.Context, r bus.Received) error {
		var event map[string]any
		err := json.Unmarshal(r.Data, &event)
		name, _ := event["type"].(string)
		seen[strings.TrimSuffix(strings.TrimPrefix(name, "nl.verloning."), ".v1")] = true
		message, _ := w.follow(w.at("channels", eventChannel, "messages", name)).(map[string]any)
		w.hold(t, message["payload"], event, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// runs compares with what the server says that runs.
func (w witness) runs(t *testing.T, conn *nats.Conn, account string) {
	var info micro.Info
	answer, err := conn.Request("$SRV.INFO.verloning", nil, 10*time.Second)
	if err == nil {
		err = json.Unmarshal(answer.Data, &info)
	}
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, e := range info.Endpoints {
		got = append(got, e.Subject)
	}
	for name, channel := range w.at("channels").(map[string]any) {
		address, _ := channel.(map[string]any)["x-service-address"].(string)
		if name != intakeChannel && name != eventChannel && name != replyChannel {
			want = append(want, strings.Replace(address, "{organisation}", "*", 1))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) || info.Version != w.at("info", "version") {
		t.Errorf("version %s serves %v\nthe document has %v", info.Version, got, want)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, channel := range []string{intakeChannel, eventChannel} {
		said := w.at("channels", channel, "x-jetstream").(map[string]any)
		stream, err := js.Stream(t.Context(), said["stream"].(string))
		if err != nil {
			t.Fatal(err)
		}
		c := stream.CachedInfo().Config
		if got := words(c.Retention, c.Storage); !strings.EqualFold(got, words(said["retention"], said["storage"])) {
			t.Errorf("stream %s: %s, the document says %v", c.Name, got, said)
		}
		if window, says := said["duplicate_window"]; says && window != c.Duplicates.String() {
			t.Errorf("stream %s: window %s, the document says %v", c.Name, c.Duplicates, window)
		}
	}
	consumer, err := js.Consumer(t.Context(), bus.EventStream, account)
	if err != nil {
		t.Fatal(err)
	}
	c, said := consumer.CachedInfo().Config, w.at("channels", eventChannel, "x-jetstream", "consumer").(map[string]any)
	if got := words(strings.ToLower(strings.TrimPrefix(c.AckPolicy.String(), "Ack")), c.AckWait, c.MaxDeliver, c.MaxRequestBatch, c.MaxRequestExpires); got != words(said["ack_policy"], said["ack_wait"], said["max_deliver"], said["max_batch"], said["max_expires"]) {
		t.Errorf("consumer: %s, the document says %v", got, said)
	}
}
