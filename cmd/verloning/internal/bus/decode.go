package bus

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"verloning/payroll"
)

// maxReasons bounds a refusal, so that the answer to an absurd request is not
// absurd itself.
const maxReasons = 200

// Decode reads a request strictly into the struct that dst points to and
// refuses with every reason at once: malformed JSON, unknown, repeated and
// wrongly typed fields, each with its path. The standard decoder stops at the
// first and lets repeated fields pass.
func Decode(body []byte, dst any) error {
	b, err := Parse(body)
	if err != nil {
		return err
	}
	return b.Into(dst)
}

// Body is a request that was parsed and not yet read: which struct it goes into
// may depend on one of its fields.
type Body struct{ tree any }

// Parse refuses what is no JSON, or what follows the one value.
func Parse(body []byte) (Body, error) {
	tree, err := tree(body)
	if err != nil {
		return Body{}, payroll.Refuse(payroll.Invalid, payroll.Reason("json/malformed", "",
			"Dit is geen geldige JSON: "+err.Error()+".", "This is not valid JSON: "+err.Error()+"."))
	}
	return Body{tree}, nil
}

// Text is the text of a field of the outer object, the first where it is
// repeated, and whether it is there as a text.
func (b Body) Text(name string) (string, bool) {
	members, _ := b.tree.(object)
	for _, m := range members {
		if m.name == name {
			text, ok := m.value.(string)
			return text, ok
		}
	}
	return "", false
}

// Into reads the body into the struct that dst points to, as Decode does.
func (b Body) Into(dst any) error {
	d := decoder{}
	d.fill(reflect.ValueOf(dst).Elem(), b.tree, "")
	if len(d.problems) > maxReasons {
		d.problems = d.problems[:maxReasons]
	}
	return payroll.Refuse(payroll.Invalid, d.problems...)
}

type decoder struct{ problems []payroll.Problem }

func (d *decoder) refuse(kind, path, nl, en string) {
	d.problems = append(d.problems, payroll.Reason(kind, path, nl, en))
}

// wrong refuses a value of another type than the field's.
func (d *decoder) wrong(path string, want payroll.Text) {
	d.refuse("field/type", path, "Hier hoort "+want.NL+".", "This takes "+want.EN+".")
}

// fill puts a value of the tree into a Go value by its kind.
func (d *decoder) fill(to reflect.Value, from any, path string) {
	switch to.Kind() {
	case reflect.Pointer:
		if from != nil {
			to.Set(reflect.New(to.Type().Elem()))
			d.fill(to.Elem(), from, path)
		}
	case reflect.Struct:
		d.fillStruct(to, from, path)
	case reflect.Slice:
		d.fillSlice(to, from, path)
	case reflect.String:
		if s, ok := from.(string); ok {
			if strings.ContainsRune(s, 0) {
				d.refuse("field/character", path, "Hier staat een teken dat nergens bewaard kan worden.", "This holds a character that cannot be kept anywhere.")
				return
			}
			to.SetString(s)
			return
		}
		d.wrong(path, payroll.Text{NL: "tekst tussen aanhalingstekens", EN: "text in quotes"})
	case reflect.Bool:
		if b, ok := from.(bool); ok {
			to.SetBool(b)
			return
		}
		d.wrong(path, payroll.Text{NL: "true of false", EN: "true or false"})
	case reflect.Int:
		if n, ok := from.(json.Number); ok {
			if i, err := strconv.ParseInt(n.String(), 10, 32); err == nil {
				to.SetInt(i)
				return
			}
		}
		d.wrong(path, payroll.Text{NL: "een geheel getal", EN: "a whole number"})
	default:
		panic(fmt.Sprintf("bus: requests have no %s fields (%s)", to.Kind(), path))
	}
}

func (d *decoder) fillSlice(to reflect.Value, from any, path string) {
	values, ok := from.([]any)
	if !ok {
		d.wrong(path, payroll.Text{NL: "een lijst", EN: "a list"})
		return
	}
	to.Set(reflect.MakeSlice(to.Type(), len(values), len(values)))
	for i, v := range values {
		d.fill(to.Index(i), v, path+"["+strconv.Itoa(i)+"]")
	}
}

func (d *decoder) fillStruct(to reflect.Value, from any, path string) {
	members, ok := from.(object)
	if !ok {
		d.wrong(path, payroll.Text{NL: "een object", EN: "an object"})
		return
	}
	fields := fieldsOf(to.Type())
	var seen [maxFields]bool
	for _, m := range members {
		at := m.name
		if path != "" {
			at = path + "." + m.name
		}
		field, known := fields[m.name]
		switch {
		case !known:
			d.refuse("field/unknown", clip(at), "Dit veld bestaat niet.", "There is no such field.")
		case seen[field.nth]:
			d.refuse("field/repeated", at, "Dit veld staat er twee keer.", "This field is there twice.")
		default:
			seen[field.nth] = true
			d.fill(to.FieldByIndex(field.index), m.value, at)
		}
	}
}

// maxFields is more than any struct of ours has.
const maxFields = 64

// field is where a JSON name stands in a struct, embedded ones too.
type field struct {
	nth   int
	index []int
}

// knownFields remembers the fields of each struct type: there are few types and many
// requests.
var knownFields sync.Map // reflect.Type → map[string]field

// fieldsOf lists the fields of a struct by their JSON names.
func fieldsOf(t reflect.Type) map[string]field {
	if fields, done := knownFields.Load(t); done {
		return fields.(map[string]field)
	}
	fields := map[string]field{}
	addFields(fields, t, nil)
	if len(fields) > maxFields {
		panic(fmt.Sprintf("bus: %s has more than %d fields", t, maxFields))
	}
	knownFields.Store(t, fields)
	return fields
}

func addFields(fields map[string]field, t reflect.Type, above []int) {
	for i := range t.NumField() {
		f, index := t.Field(i), append(slices.Clone(above), i)
		if f.Anonymous {
			addFields(fields, f.Type, index)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = field{len(fields), index}
	}
}

// clip keeps a caller's own word short in an answer.
func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
