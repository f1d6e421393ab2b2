package bus

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Outgoing is one row of the outbox on its way to the event stream.
type Outgoing struct {
	Row       int64     // of the outbox; orders the rows of a partition
	Partition int16     // by hash of the aggregate
	ID        uuid.UUID // of the event
	Account   string    // public key of the owner's account
	Noun      string
	Aggregate uuid.UUID
	Version   int
	Verb      string
	Time      time.Time
	Data      []byte // JSON object
}

const (
	contentTypeHeader = "Content-Type"
	cloudEventsType   = "application/cloudevents+json"
)

// Message makes the message of an event: a structured CloudEvent 1.0, with its
// attributes always in the same order so that a republished event has the same
// bytes. It builds the bytes by hand because a month's close makes hundreds of
// thousands of them.
func Message(instance string, o Outgoing) *nats.Msg {
	id, aggregate := o.ID.String(), o.Aggregate.String()
	msg := nats.NewMsg(eventPrefix + plainToken(o.Account) + "." + plainToken(o.Noun) + "." + aggregate + "." + plainToken(o.Verb))
	msg.Header[jetstream.MsgIDHeader] = []string{id}
	msg.Header[contentTypeHeader] = []string{cloudEventsType}

	b := make([]byte, 0, 360+len(instance)+len(o.Noun)+len(o.Verb)+len(o.Data))
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = append(b, id...)
	b = append(b, `","source":`...)
	b = appendString(b, "/verloning/"+url.PathEscape(instance))
	b = append(b, `,"type":`...)
	b = appendString(b, "nl.verloning."+o.Noun+"."+o.Verb+".v1")
	b = append(b, `,"subject":"`...)
	b = append(b, aggregate...)
	b = append(b, `","time":"`...)
	b = o.Time.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `","datacontenttype":"application/json","sequence":"`...)
	b = strconv.AppendInt(b, int64(o.Version), 10)
	b = append(b, '"', ',')
	b = appendData(b, o.Data)
	msg.Data = append(b, '}')
	return msg
}

// appendData appends the data member. Data comes from a jsonb column; should
// it ever not be JSON, the event stays readable and carries the bytes as the
// specification provides for bytes.
func appendData(b, data []byte) []byte {
	switch {
	case len(data) == 0:
		return append(b, `"data":{}`...)
	case json.Valid(data) && utf8.Valid(data):
		b = append(b, `"data":`...)
		return append(b, data...)
	default:
		b = append(b, `"data_base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, data)
		return append(b, '"')
	}
}

// appendString appends a JSON string. Bytes that are not UTF-8 become the
// replacement character.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[from:i]...), `\ufffd`...)
				from = i + 1
			}
			i += size
			continue
		}
		if c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			b = append(append(b, s[from:i]...), `\u00`...)
			b = hex.AppendEncode(b, []byte{c})
			from = i + 1
		}
		i++
	}
	return append(append(b, s[from:]...), '"')
}

// plainToken makes a text fit to be one token of a subject. The database allows
// only such texts; this keeps a mistake there from reaching another
// organisation's subjects.
func plainToken(s string) string {
	if s == "" {
		return "_"
	}
	for i := 0; i < len(s); i++ {
		if !plainByte(s[i]) {
			clean := []byte(s)
			for j, c := range clean {
				if !plainByte(c) {
					clean[j] = '_'
				}
			}
			return string(clean)
		}
	}
	return s
}

func plainByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
