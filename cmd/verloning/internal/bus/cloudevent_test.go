package bus

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

func streamOutgoing() Outgoing {
	return Outgoing{
		Row: 7, Partition: 3,
		ID:        uuid.MustParse("0e6a8f24-3c0f-5d0e-8d5c-0a54c6b1f001"),
		Account:   "ABCDEF",
		Noun:      "payrun",
		Aggregate: uuid.MustParse("0195c0de-0000-7000-8000-000000000001"),
		Version:   12,
		Verb:      "approved",
		Time:      time.Date(2026, 11, 22, 13, 4, 5, 120_000_000, time.FixedZone("CET", 3600)),
		Data:      []byte(`{"gross":"12.30"}`),
	}
}

func TestMessage(t *testing.T) {
	msg := Message("utrecht", streamOutgoing())
	if want := "verloning.v1.event.ABCDEF.payrun.0195c0de-0000-7000-8000-000000000001.approved"; msg.Subject != want {
		t.Errorf("subject %s", msg.Subject)
	}
	want := `{"specversion":"1.0","id":"0e6a8f24-3c0f-5d0e-8d5c-0a54c6b1f001","source":"/verloning/utrecht",` +
		`"type":"nl.verloning.payrun.approved.v1","subject":"0195c0de-0000-7000-8000-000000000001",` +
		`"time":"2026-11-22T12:04:05.12Z","datacontenttype":"application/json","sequence":"12","data":{"gross":"12.30"}}`
	if string(msg.Data) != want {
		t.Errorf("body\n%s\nwant\n%s", msg.Data, want)
	}
	if msg.Header.Get("Nats-Msg-Id") != "0e6a8f24-3c0f-5d0e-8d5c-0a54c6b1f001" ||
		msg.Header.Get("Content-Type") != "application/cloudevents+json" {
		t.Errorf("headers %v", msg.Header)
	}
}

func TestMessageWithoutData(t *testing.T) {
	o := streamOutgoing()
	o.Data = nil
	if body := string(Message("x", o).Data); !strings.HasSuffix(body, `,"data":{}}`) {
		t.Error(body)
	}
}

// FuzzMessage holds that an event is one JSON object and one line of protocol,
// whatever its parts, and that what went in can be read back.
func FuzzMessage(f *testing.F) {
	f.Add("utrecht", "A", "run", "approved", 1, int64(0), []byte(`{"a":1}`))
	f.Add("a b/..", "A.>", "r\"u\\n", "a\r\nPUB x 1\r\n", -1, int64(253402300799), []byte(`{"a":`))
	f.Add("\xff", "", "\x00", "é\u2028\x7f", 1<<40, int64(1), []byte("{\"a\":\"\xff\"}"))
	f.Add("", "*", "", "", 0, int64(-1), []byte(nil))
	f.Fuzz(func(t *testing.T, instance, account, noun, verb string, version int, seconds int64, data []byte) {
		o := streamOutgoing()
		o.Account, o.Noun, o.Verb, o.Version, o.Data = account, noun, verb, version, data
		o.Time = time.Unix(seconds%253402300800, 0) // years of four digits, as PostgreSQL's are
		msg := Message(instance, o)
		if !json.Valid(msg.Data) || !utf8.Valid(msg.Data) {
			t.Fatalf("not JSON: %q", msg.Data)
		}
		var event map[string]any
		if err := json.Unmarshal(msg.Data, &event); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8("nl.verloning."+noun+"."+verb+".v1", "\ufffd"); utf8.ValidString(noun+verb) && event["type"] != want {
			t.Errorf("type %q, want %q", event["type"], want)
		}
		if text, ok := event["data_base64"].(string); ok {
			back, err := base64.StdEncoding.DecodeString(text)
			if err != nil || string(back) != string(data) {
				t.Errorf("data %q came back as %q, %v", data, back, err)
			}
		} else if _, ok := event["data"]; !ok {
			t.Error("no data")
		}
		if tokens := strings.Split(msg.Subject, "."); len(tokens) != 7 || strings.ContainsAny(msg.Subject, " \r\n\t*>\x00") {
			t.Errorf("subject %q", msg.Subject)
		}
		if string(Message(instance, o).Data) != string(msg.Data) {
			t.Error("the same event has other bytes")
		}
	})
}

func BenchmarkMessage(b *testing.B) {
	o := streamOutgoing()
	b.ReportAllocs()
	for b.Loop() {
		Message("utrecht", o)
	}
}
