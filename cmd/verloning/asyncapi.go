package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"verloning/cmd/verloning/internal/bus"
	"verloning/cmd/verloning/internal/postgres"
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

// member is one name and value of an object.
type member struct {
	name  string
	value any
}

// ordered is a JSON object that keeps the order in which it was made: readers
// find things where the table and the structs have them, and the same table
// gives the same bytes.
type ordered []member

// MarshalJSON writes the members in order.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		for _, part := range []any{m.name, m.value} {
			text, err := plainJSON(part)
			if err != nil {
				return nil, err
			}
			b.Write(text)
			b.WriteByte(':')
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plainJSON is JSON without the escapes for HTML, so that event.> stays legible.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// showInterface answers with the description of the interface that answers.
func (s *service) showInterface(_ context.Context, _ *postgres.Tx, _ payroll.Actor, _ struct{}) (json.RawMessage, error) {
	return s.asyncapi()
}

// asyncapi describes the interface as an AsyncAPI 3.0.0 document. It is made
// from the table that the endpoints are made from, so that it cannot describe
// another interface than the one that runs.
func (s *service) asyncapi() (json.RawMessage, error) {
	d := &describer{}
	document, err := plainJSON(d.document(s.surface()))
	if err != nil {
		return nil, fmt.Errorf("asyncapi: %w", err)
	}
	if len(d.faults) > 0 {
		return nil, errors.New("asyncapi: " + strings.Join(d.faults, "; "))
	}
	return document, nil
}

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
	form, known := eventForms[name]
	if !known {
		d.fault("event %s has no form", name)
		return
	}
	full := eventType(name)
	d.schemas = append(d.schemas, member{full, ordered{{"allOf", []any{ref("components", "schemas", "cloudevent"), ordered{{"properties", ordered{
		{"type", ordered{{"const", full}}},
		{"data", d.schema(form, spot{path: full})},
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

// eventForms are the data of each event. They are written down a second time
// here, because the domain makes them in place; the test holds them against
// events of a month.
var eventForms = map[string]reflect.Type{
	"contract.registered": reflect.TypeFor[payroll.ContractReply](),
	"contract.amended":    reflect.TypeFor[payroll.ContractReply](),
	"contract.extended":   reflect.TypeFor[payroll.ContractReply](),
	"contract.ended":      reflect.TypeFor[payroll.ContractReply](),
	"decision.recorded":   reflect.TypeFor[decisionAnnounced](),
	"hours.accepted":      reflect.TypeFor[hoursAccepted](),
	"hours.rejected":      reflect.TypeFor[hoursRejected](),
	"run.calculated":      reflect.TypeFor[runAnnounced](),
	"run.approved":        reflect.TypeFor[runAnnounced](),
	"run.closed":          reflect.TypeFor[payroll.RunReply](),
	"payment.ordered":     reflect.TypeFor[paymentAnnounced](),
	"claim.raised":        reflect.TypeFor[claimAnnounced](),
	"claim.granted":       reflect.TypeFor[claimAnnounced](),
	"claim.partly":        reflect.TypeFor[claimAnnounced](),
	"claim.refused":       reflect.TypeFor[claimAnnounced](),
}

type decisionAnnounced struct {
	subsidy.DecisionRecorded
	Contract string        `json:"contract"`
	From     calendar.Date `json:"from"`
	To       calendar.Date `json:"to,omitzero"`
}

type hoursAccepted struct {
	Submission uuid.UUID              `json:"submission"`
	Lines      int                    `json:"lines"`
	Verdict    []payroll.AcceptedLine `json:"verdict"`
}

type hoursRejected struct {
	Submission uuid.UUID             `json:"submission"`
	Refused    []payroll.RefusedLine `json:"refused"`
}

type runAnnounced struct {
	Run         uuid.UUID       `json:"run"`
	Period      calendar.Period `json:"period"`
	Calculation int             `json:"calculation"`
	Hash        string          `json:"hash"`
	GrossOnly   bool            `json:"gross_only"`
	Totals      subsidy.Totals  `json:"totals"`
}

type paymentAnnounced struct {
	Payment  uuid.UUID           `json:"payment"`
	Kind     payroll.PaymentKind `json:"kind"`
	Run      uuid.UUID           `json:"run"`
	Contract string              `json:"contract"`
	Claim    *uuid.UUID          `json:"claim,omitempty"`
	Period   calendar.Period     `json:"period"`
	PayDate  calendar.Date       `json:"pay_date"`
	Amount   euro.Amount         `json:"amount"`
	Currency string              `json:"currency"`
	EndToEnd string              `json:"end_to_end"`
}

type claimAnnounced struct {
	Claim    uuid.UUID       `json:"claim"`
	Contract string          `json:"contract"`
	Decision string          `json:"decision"`
	Scheme   string          `json:"scheme"`
	Rule     string          `json:"rule"`
	Kind     subsidy.Kind    `json:"kind"`
	Period   calendar.Period `json:"period"`
	Amount   euro.Amount     `json:"amount"`
	Granted  *euro.Amount    `json:"granted,omitempty"`
	Reason   string          `json:"reason,omitempty"`
	Currency string          `json:"currency"`
	Budget   subsidy.Source  `json:"budget"`
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
