package subsidy

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"verloning/payroll/calendar"
	"verloning/payroll/euro"
)

// maxSchemeFile bounds a scheme file before it is parsed.
const maxSchemeFile = 64 << 10

// maxText is how many letters a text of a scheme has at most.
const maxText = 400

// ParseScheme reads a scheme file strictly and returns every fault it finds, in
// the order of the file. Only a file that is no YAML at all gives one fault at
// a time. The decoder of the YAML library stops at its first fault, so the
// file is read here from the library's syntax tree, by the yaml tags of the
// types.
func ParseScheme(text []byte) (Scheme, []Fault) {
	var s Scheme
	l := newFaultList()
	if body := schemeBody(text, l); body != nil {
		l.read("", body, reflect.ValueOf(&s).Elem())
		s.check(l)
	}
	return s, l.list()
}

// schemeBody parses the one document of the file.
func schemeBody(text []byte, l *faultList) ast.Node {
	if len(text) > maxSchemeFile {
		l.at(place{}, "", "het bestand is groter dan %d bytes", "the file is larger than %d bytes", maxSchemeFile)
		return nil
	}
	if !utf8.Valid(text) {
		l.at(place{}, "", "het bestand is geen UTF-8; sla het op als UTF-8", "the file is not UTF-8; save it as UTF-8")
		return nil
	}
	tokens := lexer.Tokenize(string(text))
	if tangled(tokens, l) {
		return nil
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		where, message := place{}, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			where, message = placeOf(syntax.GetToken()), syntax.GetMessage()
		}
		l.at(where, "", "dit is geen YAML: %.200s", "this is no YAML: %.200s", message)
		return nil
	}
	var body ast.Node
	for _, document := range file.Docs {
		switch {
		case document.Body == nil || document.Body.Type() == ast.CommentType:
		case body != nil:
			l.at(placeOf(document.Body.GetToken()), "", "hier begint een tweede document; een bestand heeft één regeling", "a second document begins here; a file holds one scheme")
			return nil
		default:
			body = document.Body
		}
	}
	if body == nil {
		l.at(place{1, 1}, "", "het bestand is leeg", "the file is empty")
	}
	return body
}

// maxDepth is how many brackets of a scheme file may be open at once, and how
// many lists may start on one line.
const maxDepth = 20

// tangled refuses, before anything is parsed, what would cost a parser more
// than the file is long: aliases, which a few lines can multiply without end,
// and brackets nested beyond what any scheme needs.
func tangled(tokens token.Tokens, l *faultList) bool {
	depth, starts, line := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			l.at(placeOf(t), "", "ankers en verwijzingen (& * <<) horen niet in een regeling; schrijf de waarde uit", "anchors and aliases (& * <<) have no place in a scheme; write the value out")
			return true
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType:
			if t.Position.Line != line {
				starts, line = 0, t.Position.Line
			}
			starts++
		}
		if depth > maxDepth || starts > maxDepth {
			l.at(placeOf(t), "", "te diep genest", "nested too deep")
			return true
		}
	}
	return false
}

func placeOf(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

// placeOfNode is where a node begins, which of a block is its first key.
func placeOfNode(node ast.Node) place {
	if pairs, ok := pairsOf(node); ok && len(pairs) > 0 && pairs[0].Key != nil {
		return placeOf(pairs[0].Key.GetToken())
	}
	return placeOf(node.GetToken())
}

func pairsOf(node ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// read puts what a node says into a value of one of the types of a scheme.
func (l *faultList) read(path string, node ast.Node, into reflect.Value) {
	if _, known := l.places[path]; !known && node != nil {
		l.places[path] = placeOfNode(node)
	}
	at := l.place(path)
	if node == nil || node.Type() == ast.NullType {
		l.unreadable(at, path, "is leeg; vul een waarde in of haal de sleutel weg", "is empty; give a value or take the key away")
		return
	}
	if _, tag := node.(*ast.TagNode); tag {
		l.unreadable(at, path, "soortaanduidingen als !!str horen niet in een regeling; schrijf de waarde alleen", "tags such as !!str have no place in a scheme; write the value alone")
		return
	}
	switch v := into.Addr().Interface().(type) {
	case *Decimal:
		l.readNumber(at, path, node, v)
		return
	case *Day:
		l.readDay(at, path, node, v)
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		l.read(path, node, into.Elem())
	case reflect.Struct:
		l.readBlock(at, path, node, into)
	case reflect.Slice:
		l.readList(at, path, node, into)
	case reflect.Map:
		l.readTable(at, path, node, into)
	case reflect.String:
		l.readText(at, path, node, into)
	case reflect.Bool:
		yes, ok := node.(*ast.BoolNode)
		if !ok {
			l.unreadable(at, path, "schrijf true of false, zonder aanhalingstekens", "write true or false, without quotes")
			return
		}
		into.SetBool(yes.Value)
	case reflect.Int:
		n, err := strconv.Atoi(written(node))
		if _, number := node.(*ast.IntegerNode); !number || err != nil || !plainInt.MatchString(written(node)) {
			l.unreadable(at, path, "schrijf een geheel getal, zonder aanhalingstekens", "write a whole number, without quotes")
			return
		}
		into.SetInt(int64(n))
	default:
		panic("subsidy: a scheme has a field of a type that no file can give: " + into.Type().String())
	}
}

// plainInt leaves out octal, hexadecimal and grouped numbers, and those that no
// count of a scheme comes near.
var plainInt = regexp.MustCompile(`^(0|-?[1-9][0-9]{0,8})$`)

// written is the text of a scalar as it was meant, without quotes.
func written(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		if n.Value == nil {
			return ""
		}
		return strings.TrimSpace(n.Value.Value)
	}
	if t := node.GetToken(); t != nil {
		return t.Value
	}
	return ""
}

// readNumber wants quotes, so that no YAML reader makes a float, an octal or a
// sexagesimal of an amount.
func (l *faultList) readNumber(at place, path string, node ast.Node, into *Decimal) {
	text := written(node)
	quoted := false
	switch n := node.(type) {
	case *ast.StringNode:
		quoted = n.Token.Type == token.DoubleQuoteType || n.Token.Type == token.SingleQuoteType
	case ast.ScalarNode:
	default:
		l.unreadable(at, path, `hier hoort een getal tussen aanhalingstekens, zoals "1.00"`, `a number in quotes belongs here, such as "1.00"`)
		return
	}
	n, err := euro.ParseNumber(text)
	switch {
	case err != nil:
		l.unreadable(at, path, `%.40q is geen getal; schrijf cijfers met een punt, zoals "1900.00"`, `%.40q is not a number; write digits with a point, such as "1900.00"`, text)
	case !quoted:
		l.unreadable(at, path, `zet getallen tussen aanhalingstekens: "%.40s"`, `write numbers in quotes: "%.40s"`, text)
	default:
		into.Number = n
	}
}

func (l *faultList) readDay(at place, path string, node ast.Node, into *Day) {
	day, err := calendar.Parse(written(node))
	if _, text := node.(*ast.StringNode); !text || err != nil {
		l.unreadable(at, path, "%.40q is geen datum; schrijf jaar-maand-dag, zoals 2026-07-01", "%.40q is not a date; write year-month-day, such as 2026-07-01", written(node))
		return
	}
	into.Date = day
}

func (l *faultList) readText(at place, path string, node ast.Node, into reflect.Value) {
	switch node.(type) {
	case *ast.StringNode, *ast.LiteralNode:
	case ast.ScalarNode:
		l.unreadable(at, path, `hier hoort een tekst; zet %.40s tussen aanhalingstekens`, `a text belongs here; put %.40s in quotes`, written(node))
		return
	default:
		l.unreadable(at, path, "hier hoort een tekst en geen lijst of blok", "a text belongs here, not a list or a block")
		return
	}
	if n := utf8.RuneCountInString(written(node)); n > maxText {
		l.unreadable(at, path, "de tekst heeft %d tekens; hoogstens %d", "the text has %d letters; at most %d", n, maxText)
		return
	}
	into.SetString(written(node))
}

func (l *faultList) readList(at place, path string, node ast.Node, into reflect.Value) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		l.unreadable(at, path, "hier hoort een lijst: [a, b], of regels die met een streepje beginnen", "a list belongs here: [a, b], or lines that begin with a dash")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		l.read(nth(path, i), item, into.Index(i))
	}
}

// readTable reads names with a number each.
func (l *faultList) readTable(at place, path string, node ast.Node, into reflect.Value) {
	into.Set(reflect.MakeMap(into.Type()))
	l.pairs(at, path, node, func(key string, value ast.Node) {
		one := reflect.New(into.Type().Elem()).Elem()
		l.read(below(path, key), value, one)
		into.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), one)
	})
}

// readBlock reads keys into the fields of a struct. What JSON says of every
// scheme, a file must say: a field whose JSON tag may be left out is optional.
func (l *faultList) readBlock(at place, path string, node ast.Node, into reflect.Value) {
	fields, names, required := map[string]int{}, []string{}, []string{}
	for i := range into.NumField() {
		name := into.Type().Field(i).Tag.Get("yaml")
		fields[name] = i
		names = append(names, name)
		if !strings.Contains(into.Type().Field(i).Tag.Get("json"), ",omit") {
			required = append(required, name)
		}
	}
	given := map[string]bool{}
	ok := l.pairs(at, path, node, func(key string, value ast.Node) {
		given[key] = true
		i, known := fields[key]
		if !known {
			l.at(l.places[below(path, key)], below(path, key), "onbekende sleutel; kies uit %s", "unknown key; choose from %s", strings.Join(names, ", "))
			return
		}
		l.read(below(path, key), value, into.Field(i))
	})
	for _, name := range required {
		if ok && !given[name] {
			l.unreadable(at, below(path, name), "ontbreekt", "is missing")
		}
	}
}

// pairs goes through the keys of a block, each once.
func (l *faultList) pairs(at place, path string, node ast.Node, one func(key string, value ast.Node)) bool {
	pairs, ok := pairsOf(node)
	if !ok {
		l.unreadable(at, path, "hier hoort een blok met sleutels: {a: 1}, of ingesprongen regels", "a block of keys belongs here: {a: 1}, or indented lines")
		return false
	}
	seen := map[string]bool{}
	for _, pair := range pairs {
		name, ok := pair.Key.(*ast.StringNode)
		if !ok || !plainKey.MatchString(name.Value) {
			l.at(placeOf(pair.Key.GetToken()), path, "%.40q is geen sleutel", "%.40q is no key", pair.Key.GetToken().Value)
			continue
		}
		where, key := placeOf(name.Token), name.Value
		if seen[key] {
			l.at(where, below(path, key), "deze sleutel staat er al; haal een van de twee weg", "this key is there already; take one of the two away")
			continue
		}
		seen[key] = true
		l.places[below(path, key)] = where
		one(key, pair.Value)
	}
	return true
}

// plainKey is what a path can be made of.
var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
