package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/payroll"
	"verloning/payroll/calendar"
	"verloning/payroll/euro"
	"verloning/subsidy"
)

// interfaceText introduces the document: what its schemas cannot say.
const interfaceText = `Payroll and subsidies over NATS, as a program of a company sees it in its own account.

Who asks is known from the credentials and never from a payload. A request is one JSON object, at most a megabyte; an unknown or repeated member is refused, and an optional member is left out rather than sent empty. ` +
	`A request with an idempotency_key may be sent again: the same key with the same body gets the first reply, with another body it is refused. ` +
	`A reply comes after the commit. Replies come under _INBOX.<user>, the public key of the user who asks: set that as the inbox prefix of the connection.

A refusal has the headers of a NATS service error and a body of problem details with every reason at once, in Dutch and in English. ` +
	`These schemas say the form of what is sent; whether a day, an amount or a number fits the facts is said by the reply. ` +
	`Amounts, hours and other numbers with decimals are strings, because they are exact.`

// The two ways in and out beside the endpoints.
const (
	intakeChannel = "intake.hours"
	eventChannel  = "event"
	replyChannel  = "replies"
)

// describer collects the parts of the document on a walk along the table. What
// it does not know how to describe is a fault: a document that is vague about
// one field would be believed about the others.
type describer struct {
	channels, operations, messages, schemas, replies, events ordered
	faults                                                   []string
}

func (d *describer) document(table []operation) ordered {
	for _, s := range sharedSchemas {
		d.schemas = append(d.schemas, member{s.name, s.schema})
	}
	for _, s := range sharedStructs {
		d.schemas = append(d.schemas, member{s.name, d.object(s.form, false)})
	}
	d.problem()
	for _, o := range table {
		d.endpoint(o)
	}
	d.intake(table)
	d.announcements(table)
	d.channels = append(d.channels, member{replyChannel, ordered{
		{"address", nil},
		{"description", "The reply subject of the request, under _INBOX.<user>."},
		{"messages", d.replies},
	}})
	return ordered{
		{"asyncapi", "3.0.0"},
		{"info", ordered{{"title", "Verloning"}, {"version", "1.0.0"}, {"description", interfaceText}}},
		{"defaultContentType", "application/json"},
		{"channels", d.channels},
		{"operations", d.operations},
		{"components", ordered{{"messages", d.messages}, {"schemas", d.schemas}}},
	}
}

// ref points at another part of the document. None of our names has a
// character that a JSON pointer escapes.
func ref(path ...string) ordered {
	return ordered{{"$ref", "#/" + strings.Join(path, "/")}}
}

// message adds a message and returns a reference to it.
func (d *describer) message(name, contentType string, headers any, payload any) member {
	m := ordered{{"name", name}, {"title", name}, {"contentType", contentType}}
	if headers != nil {
		m = append(m, member{"headers", headers})
	}
	d.messages = append(d.messages, member{name, append(m, member{"payload", payload})})
	return member{name, ref("components", "messages", name)}
}

const plainMedia = "application/json"

// problem is the one reply that every endpoint may give.
func (d *describer) problem() {
	headers := ordered{{"type", "object"}, {"required", []string{"Nats-Service-Error", "Nats-Service-Error-Code"}}, {"properties", ordered{
		{"Nats-Service-Error", ordered{{"type", "string"}, {"description", "The title in English."}}},
		{"Nats-Service-Error-Code", ordered{{"type", "string"}, {"description", "The status."}, {"pattern", "^[45][0-9]{2}$"}}},
	}}}
	d.replies = append(d.replies, d.message("problem", "application/problem+json", headers, ref("components", "schemas", "problem")))
}

// endpoint describes one row of the table.
func (d *describer) endpoint(o operation) {
	name := o.name()
	d.schemas = append(d.schemas, member{name + ".request", d.object(o.request, true)}, member{name + ".reply", d.schema(o.reply, spot{path: name + ".reply"})})
	request := d.message(name+".request", plainMedia, nil, ref("components", "schemas", name+".request"))
	reply := d.message(name+".reply", plainMedia, nil, ref("components", "schemas", name+".reply"))
	d.replies = append(d.replies, reply)
	d.channels = append(d.channels, member{name, ordered{
		{"address", "api." + name},
		{"messages", ordered{request}},
		{"x-service-address", "verloning.v1.api.{organisation}." + name},
	}})
	d.operations = append(d.operations, member{name, append(ordered{
		{"action", "send"},
		{"summary", summary(o)},
		{"channel", ref("channels", name)},
		{"messages", []any{ref("channels", name, "messages", request.name)}},
		{"reply", ordered{
			{"channel", ref("channels", replyChannel)},
			{"messages", []any{ref("channels", replyChannel, "messages", reply.name), ref("channels", replyChannel, "messages", "problem")}},
		}},
	}, about(o)...)})
}

// summary says in words what the extensions say to programs.
func summary(o operation) string {
	text := "Needs the role " + string(o.role) + "."
	if o.role == payroll.Read {
		text = "Open to every user."
	}
	if len(o.announces) > 0 {
		text += " Announces " + strings.Join(o.announces, ", ") + "."
	}
	if o.secret {
		text += " The reply is given once and not kept."
	}
	return text
}

// about is what AsyncAPI has no word for.
func about(o operation) ordered {
	types := []string{}
	for _, event := range o.announces {
		types = append(types, eventType(event))
	}
	extra := ordered{{"x-role", o.role}, {"x-announces", types}}
	if o.secret {
		extra = append(extra, member{"x-reply-given-once", true})
	}
	return extra
}

func eventType(name string) string { return "nl.verloning." + name + ".v1" }

// intake is the way in that survives our downtime: the same request as
// hours.submit, whose verdict comes as an event.
func (d *describer) intake(table []operation) {
	i := slices.IndexFunc(table, func(o operation) bool { return o.name() == "hours.submit" })
	if i < 0 {
		d.fault("the intake takes what hours.submit takes, and the table has none")
		return
	}
	headers := ordered{{"type", "object"}, {"required", []string{"Nats-Msg-Id"}}, {"properties", ordered{
		{"Nats-Msg-Id", ordered{{"type", "string"}, {"minLength", 1}, {"description", "The submission."}}},
		{"Nats-Expected-Stream", ordered{{"type", "string"}, {"const", bus.IntakeStream}}},
	}}}
	request := d.message("intake.hours", plainMedia, headers, ref("components", "schemas", "hours.submit.request"))
	d.schemas = append(d.schemas, member{"intake.hours.reply", ordered{
		{"type", "object"}, {"description", "The server's own: hours with a seq are on disk. With duplicate true they are not, and are to be sent again."},
		{"properties", ordered{
			{"stream", ordered{{"type", "string"}, {"const", bus.IntakeStream}}},
			{"seq", ordered{{"type", "integer"}, {"minimum", 0}}},
			{"duplicate", ordered{{"type", "boolean"}}},
			{"error", ordered{{"type", "object"}, {"description", "Why the server does not keep it."}}},
		}},
	}})
	reply := d.message("intake.hours.reply", plainMedia, nil, ref("components", "schemas", "intake.hours.reply"))
	d.replies = append(d.replies, reply)
	d.channels = append(d.channels, member{intakeChannel, ordered{
		{"address", "intake.hours.{user}"},
		{"description", "Hours that are kept on disk until they are judged, also while the service is down."},
		{"parameters", ordered{{"user", ordered{{"description", "The public key of the user who hands in; nobody else may publish here."}}}}},
		{"messages", ordered{request}},
		{"x-service-address", "verloning.v1.intake.{organisation}.hours.{user}"},
		{"x-jetstream", ordered{{"stream", bus.IntakeStream}, {"retention", "workqueue"}, {"storage", "file"}, {"duplicate_window", "100ms"}}},
	}})
	d.operations = append(d.operations, member{intakeChannel, append(ordered{
		{"action", "send"},
		{"summary", "Takes what hours.submit takes; the verdict comes as an event. Needs the role submit."},
		{"channel", ref("channels", intakeChannel)},
		{"messages", []any{ref("channels", intakeChannel, "messages", request.name)}},
		{"reply", ordered{
			{"channel", ref("channels", replyChannel)},
			{"messages", []any{ref("channels", replyChannel, "messages", reply.name)}},
		}},
	}, about(table[i])...)})
}

// announcements describes the events: one envelope, a type for each name.
func (d *describer) announcements(table []operation) {
	d.schemas = append(d.schemas, member{"cloudevent", envelope})
	seen := map[string]bool{}
	refs := []any{}
	for _, o := range table {
		for _, name := range o.announces {
			if seen[name] {
				continue
			}
			seen[name] = true
			d.event(name)
			refs = append(refs, ref("channels", eventChannel, "messages", eventType(name)))
		}
	}
	d.channels = append(d.channels, member{eventChannel, ordered{
		{"address", "event.{noun}.{id}.{verb}"},
		{"description", "What happened to what concerns the company. Subscribe to event.> to hear it now; what must not be missed is pulled from the company's own durable consumer with a request to events.next, and acknowledged on its reply subject. " +
			"An event may come twice, with one id."},
		{"parameters", ordered{
			{"noun", ordered{{"description", "Kind of thing, such as run."}}},
			{"id", ordered{{"description", "Its id, the subject of the event."}}},
			{"verb", ordered{{"description", "What happened, such as approved."}}},
		}},
		{"messages", d.events},
		{"x-subscribe", "event.>"},
		{"x-service-address", "verloning.v1.event.{organisation}.{noun}.{id}.{verb}"},
		{"x-jetstream", ordered{
			{"stream", bus.EventStream}, {"retention", "limits"}, {"storage", "file"}, {"pull", "events.next"},
			{"consumer", ordered{{"durable", "{organisation}"}, {"ack_policy", "explicit"}, {"ack_wait", "1m0s"}, {"max_deliver", -1}, {"max_batch", 256}, {"max_expires", "1m0s"}}},
		}},
	}})
	d.operations = append(d.operations, member{eventChannel, ordered{
		{"action", "receive"}, {"summary", "Open to every user."}, {"channel", ref("channels", eventChannel)}, {"messages", refs}, {"x-role", payroll.Read},
	}})
}

// event adds the message of one type.
func (d *describer) event(name string) {
	full := eventType(name)
	forms := []any{}
	for _, form := range eventForms[name] {
		forms = append(forms, d.object(form, false))
	}
	if len(forms) == 0 {
		d.fault("event %s has no form", name)
	}
	d.schemas = append(d.schemas, member{full, ordered{{"allOf", []any{ref("components", "schemas", "cloudevent"), ordered{{"properties", ordered{
		{"type", ordered{{"const", full}}},
		{"data", ordered{{"oneOf", forms}}},
	}}}}}}})
	headers := ordered{{"type", "object"}, {"properties", ordered{{"Nats-Msg-Id", ordered{{"type", "string"}, {"description", "The id of the event."}}}}}}
	d.events = append(d.events, d.message(full, "application/cloudevents+json", headers, ref("components", "schemas", full)))
}

// envelope is the CloudEvent around every event. It stays open: the standard
// lets others on the way add attributes.
var envelope = ordered{
	{"type", "object"}, {"description", "CloudEvents 1.0, structured mode."},
	{"required", []string{"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "sequence", "data"}},
	{"properties", ordered{
		{"specversion", ordered{{"type", "string"}, {"const", "1.0"}}},
		{"id", ref("components", "schemas", "uuid")},
		{"source", ordered{{"type", "string"}, {"pattern", "^/verloning/"}}},
		{"type", ordered{{"type", "string"}}},
		{"subject", ref("components", "schemas", "uuid")},
		{"time", ordered{{"type", "string"}, {"format", "date-time"}}},
		{"datacontenttype", ordered{{"type", "string"}, {"const", plainMedia}}},
		{"sequence", ordered{{"type", "string"}, {"pattern", "^[1-9][0-9]*$"}, {"description", "Counts the events of the subject."}}},
		{"data", ordered{{"type", "object"}}},
	}},
}

func (d *describer) fault(format string, args ...any) {
	d.faults = append(d.faults, fmt.Sprintf(format, args...))
}

// number reads the parameter of a rule such as max=100.
func (d *describer) number(rule, at string) int {
	_, text, _ := strings.Cut(rule, "=")
	n, err := strconv.Atoi(text)
	if err != nil {
		d.fault("%s: rule %s has no number", at, rule)
	}
	return n
}

// text is the schema of a string with a pattern.
func text(pattern, description string) ordered {
	return ordered{{"type", "string"}, {"pattern", pattern}, {"description", description}}
}

// sharedSchemas are the forms of values that come back everywhere. They take
// what the service writes and what it likes to read; of spaces, signs and
// leading noughts it takes somewhat more.
var sharedSchemas = []struct {
	name   string
	schema ordered
}{
	{"uuid", append(text("^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$", "Id; written in lower case."), member{"format", "uuid"})},
	{"date", append(text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "Day in Europe/Amsterdam, 1900 to 2199."), member{"format", "date"})},
	{"time", text("^([01][0-9]|2[0-3]):[0-5][0-9]$", "Time of day in Europe/Amsterdam.")},
	{"moment", text("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$", "Day and time in Europe/Amsterdam.")},
	{"period", text("^[0-9]{4}-(0[1-9]|1[0-2]|P0[1-9]|P1[0-3])$", "A month, or P and one of thirteen periods of four weeks.")},
	{"amount", text(`^-?[0-9]{1,16}(\.[0-9]{1,2})?$`, "Euros; written with two decimals.")},
	{"hours", text(`^[0-9]{1,4}(\.[0-9]{1,2})?$`, "Hours in decimals, not minutes.")},
	{"decimal", text(`^-?[0-9]{1,18}(\.[0-9]{1,10})?$`, "An exact number.")},
	{"code", text("^[A-Za-z0-9][A-Za-z0-9-]{0,31}$", "Code of an organisation or a scheme.")},
	{"number", text("^[A-Za-z0-9][A-Za-z0-9./_-]{0,39}$", "Number that an organisation gave: of a contract, an employee, a decision.")},
	{"bsn", text("^[0-9]{8,9}$", "BSN that passes the eleven test; a nought in front may be missing.")},
	{"iban", text("^ *([A-Za-z0-9] *){15,34}$", "IBAN; spaces and lower case are allowed.")},
	{"hash", text("^(0[xX])?[0-9a-fA-F]+$", "Hash as it was shown.")},
	{"budget", ordered{{"type", "string"}, {"enum", subsidy.Sources}, {"description", "Where a municipality's money comes from."}}},
}

// sharedStructs are structs that come back everywhere.
var sharedStructs = []struct {
	name string
	form reflect.Type
}{
	{"text", reflect.TypeFor[payroll.Text]()},
	{"reason", reflect.TypeFor[payroll.Problem]()},
	{"problem", reflect.TypeFor[bus.Problem]()},
	{"step", reflect.TypeFor[payroll.Step]()},
}

// sharedTypes are the Go types with a shared schema.
var sharedTypes = map[reflect.Type]string{
	reflect.TypeFor[uuid.UUID]():          "uuid",
	reflect.TypeFor[calendar.Date]():      "date",
	reflect.TypeFor[subsidy.Day]():        "date",
	reflect.TypeFor[calendar.TimeOfDay](): "time",
	reflect.TypeFor[calendar.Moment]():    "moment",
	reflect.TypeFor[calendar.Period]():    "period",
	reflect.TypeFor[euro.Amount]():        "amount",
	reflect.TypeFor[euro.Number]():        "decimal",
	reflect.TypeFor[subsidy.Decimal]():    "decimal",
	reflect.TypeFor[subsidy.Source]():     "budget",
	reflect.TypeFor[payroll.Text]():       "text",
	reflect.TypeFor[subsidy.Label]():      "text",
	reflect.TypeFor[payroll.Problem]():    "reason",
	reflect.TypeFor[payroll.Step]():       "step",
}

// closedTypes are the Go types with few values.
var closedTypes = map[reflect.Type]any{
	reflect.TypeFor[payroll.RunStatus]():      []payroll.RunStatus{payroll.RunOpened, payroll.RunCalculating, payroll.RunCalculated, payroll.RunApproved, payroll.RunPaidOut, payroll.RunClosed, payroll.RunReversed},
	reflect.TypeFor[payroll.Meaning]():        []payroll.Meaning{payroll.Invalid, payroll.Forbidden, payroll.NotFound, payroll.Conflict, payroll.TooLarge, payroll.Unavailable},
	reflect.TypeFor[payroll.RunKind]():        []payroll.RunKind{payroll.Regular, payroll.OffCycle, payroll.Reversal},
	reflect.TypeFor[payroll.PaymentKind]():    []payroll.PaymentKind{payroll.WagePayment, payroll.GarnishPayment, payroll.SubsidyPayment, payroll.FeePayment, payroll.PremiumPayment, payroll.TaxPayment, payroll.PensionPayment},
	reflect.TypeFor[subsidy.OwedKind]():       []subsidy.OwedKind{subsidy.OwedByStaff, subsidy.OwedSubsidy, subsidy.OwedReclaim, subsidy.OwedBooking, subsidy.OwedByProvider},
	reflect.TypeFor[payroll.ReportKind]():     []payroll.ReportKind{payroll.BankDebit, payroll.BankCredit, payroll.BankRejection},
	reflect.TypeFor[payroll.BankFormat]():     []payroll.BankFormat{payroll.Pain09, payroll.Pain03},
	reflect.TypeFor[subsidy.Document]():       []subsidy.Document{subsidy.Beschikking, subsidy.Agreement, subsidy.Invoice},
	reflect.TypeFor[subsidy.Verdict]():        []subsidy.Verdict{subsidy.Grant, subsidy.Partly, subsidy.Refuse},
	reflect.TypeFor[subsidy.Kind]():           []subsidy.Kind{subsidy.Subsidy, subsidy.Fee, subsidy.Premium, subsidy.Hire, subsidy.Internal},
	reflect.TypeFor[subsidy.Mark]():           []subsidy.Mark{subsidy.Stated, subsidy.Public, subsidy.Setting},
	reflect.TypeFor[subsidy.Benefit]():        subsidy.Benefits,
	reflect.TypeFor[subsidy.TrajectoryKind](): subsidy.TrajectoryKinds,
	reflect.TypeFor[subsidy.EventState]():     []subsidy.EventState{subsidy.Reported, subsidy.Confirmed, subsidy.Contested, subsidy.Upheld, subsidy.Rejected},
}

// namedForms are the forms of strings that have no tag and no type of their
// own, by the name of the field: requests write days and numbers as strings
// that the door reads, so that it can say every reason at once.
var namedForms = func() map[string]string {
	forms := map[string]string{"budget": "budget", "period": "period", "from_period": "period", "to_period": "period", "hash": "hash"}
	for form, names := range map[string]string{
		"date":    "back_to birth_date day deadline end experience_since from granted job_to on pay_date referred review_due since start to until valid_from valid_to",
		"hours":   "hours hours_per_week full_time_hours job_hours job_full_time_hours",
		"decimal": "wage_factor wage_amount price charges_percent rate quantity leave_weeks sick_percentage sick_second_year whk_percentage employee_percentage employer_percentage leave_hours",
		"amount":  "ceiling amount franchise maximum protected total per_period holiday_accrued premium_wage premium_maximum premium_base",
	} {
		for _, name := range strings.Fields(names) {
			forms[name] = form
		}
	}
	return forms
}()

// spot is where the walk is: what a schema depends on beside the Go type.
type spot struct {
	path, name string
	rules      []string // validator tags
	request    bool
}

// schema derives the schema of a value.
func (d *describer) schema(t reflect.Type, at spot) ordered {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if name, known := sharedTypes[t]; known {
		return ref("components", "schemas", name)
	}
	if values, known := closedTypes[t]; known {
		return ordered{{"type", "string"}, {"enum", values}}
	}
	if t == reflect.TypeFor[json.RawMessage]() {
		return ordered{{"type", "object"}, {"description", "An AsyncAPI document."}, {"required", []string{"asyncapi", "info", "channels", "operations", "components"}}}
	}
	switch t.Kind() {
	case reflect.String:
		return d.stringSchema(at)
	case reflect.Bool:
		return ordered{{"type", "boolean"}}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return d.bounds(ordered{{"type", "integer"}}, at, "minimum", "maximum")
	case reflect.Slice:
		return d.list(t, at)
	case reflect.Map:
		return ordered{{"type", "object"}, {"additionalProperties", d.schema(t.Elem(), spot{path: at.path + "[]"})}}
	case reflect.Struct:
		return d.object(t, at.request)
	}
	d.fault("%s: %s has no schema", at.path, t)
	return nil
}

// stringSchema goes by the tags, and where they say nothing by the name.
func (d *describer) stringSchema(at spot) ordered {
	s := ordered{{"type", "string"}}
	for _, rule := range at.rules {
		name, values, _ := strings.Cut(rule, "=")
		switch name {
		case "uuid", "code", "number", "bsn", "iban":
			return ref("components", "schemas", name)
		case "hexadecimal":
			return ref("components", "schemas", "hash")
		case "numeric":
			s = append(s, member{"pattern", "^[0-9]+$"})
		case "oneof":
			return append(s, member{"enum", strings.Fields(values)})
		}
	}
	if form, named := namedForms[at.name]; named && len(s) == 1 {
		return ref("components", "schemas", form)
	}
	if slices.Contains(at.rules, "required") {
		s = append(s, member{"minLength", 1})
	}
	return d.bounds(s, at, "minLength", "maxLength")
}

// bounds adds what the tags say of the least and the most, and refuses a tag
// that nobody has given a meaning here.
func (d *describer) bounds(s ordered, at spot, least, most string) ordered {
	for _, rule := range at.rules {
		switch name, _, _ := strings.Cut(rule, "="); name {
		case "min":
			s = append(s, member{least, d.number(rule, at.path)})
		case "max":
			s = append(s, member{most, d.number(rule, at.path)})
		case "len":
			s = append(s, member{least, d.number(rule, at.path)}, member{most, d.number(rule, at.path)})
		case "", "required", "required_if", "omitempty", "numeric":
		default:
			d.fault("%s: rule %s has no meaning in a schema", at.path, rule)
		}
	}
	return s
}

// list divides the tags at dive: those before it are about the list.
func (d *describer) list(t reflect.Type, at spot) ordered {
	var items []string
	if i := slices.Index(at.rules, "dive"); i >= 0 {
		at.rules, items = at.rules[:i], at.rules[i+1:]
	}
	s := ordered{{"type", "array"}, {"items", d.schema(t.Elem(), spot{path: at.path + "[]", rules: items, request: at.request})}}
	return d.bounds(s, at, "minItems", "maxItems")
}

// object describes a struct with its embedded ones as one object.
func (d *describer) object(t reflect.Type, request bool) ordered {
	properties, required, conditions := ordered{}, []string{}, []any{}
	fields := fieldsOf(t)
	for _, f := range fields {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" { // it never leaves us
			continue
		}
		rules := strings.Split(f.Tag.Get("validate"), ",")
		properties = append(properties, member{name, d.schema(f.Type, spot{path: t.Name() + "." + f.Name, name: name, rules: rules, request: request})})
		if request && slices.Contains(rules, "required") || !request && !strings.Contains(options, "omit") {
			required = append(required, name)
		}
		for _, rule := range rules {
			if when, is := strings.CutPrefix(rule, "required_if="); is {
				conditions = append(conditions, d.condition(fields, name, when))
			}
		}
	}
	s := ordered{{"type", "object"}}
	if len(required) > 0 {
		s = append(s, member{"required", required})
	}
	s = append(s, member{"properties", properties}, member{"additionalProperties", false})
	if len(conditions) > 0 {
		s = append(s, member{"allOf", conditions})
	}
	return s
}

// condition requires a field when another has a value, as in required_if=Base amount.
func (d *describer) condition(fields []reflect.StructField, name, when string) ordered {
	other, value, _ := strings.Cut(when, " ")
	i := slices.IndexFunc(fields, func(f reflect.StructField) bool { return f.Name == other })
	if i < 0 {
		d.fault("%s is required by %s, which is no field", name, other)
		return nil
	}
	key, _, _ := strings.Cut(fields[i].Tag.Get("json"), ",")
	return ordered{
		{"if", ordered{{"required", []string{key}}, {"properties", ordered{{key, ordered{{"const", value}}}}}}},
		{"then", ordered{{"required", []string{name}}}},
	}
}

// fieldsOf are the fields that JSON has, with those of embedded structs in
// their place.
func fieldsOf(t reflect.Type) []reflect.StructField {
	var fields []reflect.StructField
	for i := range t.NumField() {
		switch f := t.Field(i); {
		case f.Anonymous:
			fields = append(fields, fieldsOf(f.Type)...)
		case f.IsExported():
			fields = append(fields, f)
		}
	}
	return fields
}
