package config

import (
	"encoding"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// maxFile bounds a configuration file, in bytes.
const maxFile = 64 << 20

// document is a parsed file with the places of its keys.
type document struct {
	file  string
	table map[string]any
	at    *place
}

// readDocument parses a file; the problem names it.
func readDocument(file string) (document, *Problem) {
	b, err := os.ReadFile(file)
	if err != nil {
		return document{}, &Problem{File: file, Msg: "cannot read: " + cause(err).Error()}
	}
	return parseDocument(file, b)
}

func parseDocument(file string, b []byte) (document, *Problem) {
	if len(b) > maxFile {
		return document{}, &Problem{File: file, Msg: fmt.Sprintf("has %d bytes, at most %d are read", len(b), maxFile)}
	}
	d := document{file: file, table: map[string]any{}}
	var deep bool
	if d.at, deep = locate(string(b)); deep {
		return document{}, &Problem{File: file, Msg: fmt.Sprintf("values are nested deeper than %d", maxNesting)}
	}
	if err := toml.Unmarshal(b, &d.table); err != nil {
		p := &Problem{File: file, Line: 1, Msg: err.Error()}
		var pe toml.ParseError
		if errors.As(err, &pe) {
			p.Line, p.Key, p.Msg = max(pe.Position.Line, 1), pe.LastKey, pe.Message
		}
		return document{}, p
	}
	return d, nil
}

// cause cuts the operation and path that the message has already.
func cause(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// scope collects the problems of a file, or of one tenant in it.
type scope struct {
	file   string
	tenant string
	fatal  bool
	found  Problems
	meant  []string // what unknown keys were probably meant to be
	lists  []string // files that were named: of networks, of templates
}

// missing reports a key that must be there, unless a mistyped one was.
func (s *scope) missing(at *place, key, table string) {
	if !slices.Contains(s.meant, key) {
		s.report(at, key, "%s is missing in %s", key, table)
	}
}

func (s *scope) report(at *place, key, format string, args ...any) {
	s.found = append(s.found, &Problem{
		File: s.file, Line: at.at().line, Key: key, Tenant: s.tenant, Fatal: s.fatal, Msg: fmt.Sprintf(format, args...),
	})
}

// rawTable is a table that is decoded later, in a scope of its own.
type rawTable struct {
	table map[string]any
	at    *place
}

// number marks what is written as an integer too.
type number interface{ fromInteger() }

// decode fills the struct dst from table, by the tags "toml"; name says where
// in messages, like "[[tenant.site]]". Unknown keys and values of a wrong
// type or form are reported and left out; the rest is filled in. A field At of type
// *place gets the place of the table.
func (s *scope) decode(table map[string]any, at *place, name string, dst reflect.Value) {
	fields := map[string]reflect.Value{}
	tagged(dst, at, fields)
	for key, v := range table {
		p := at.at(key)
		if f, ok := fields[key]; ok {
			s.value(v, p, name, key, f)
			continue
		}
		names := make([]string, 0, len(fields))
		for n := range fields {
			names = append(names, n)
		}
		slices.Sort(names)
		hint := ""
		if n := nearest(key, names); n != "" {
			hint = fmt.Sprintf(", did you mean %q?", n)
			s.meant = append(s.meant, n)
		}
		s.report(p, key, "unknown key %q in %s%s", key, name, hint)
	}
}

func tagged(dst reflect.Value, at *place, fields map[string]reflect.Value) {
	for i := range dst.NumField() {
		f := dst.Type().Field(i)
		switch tag := f.Tag.Get("toml"); {
		case f.Anonymous:
			tagged(dst.Field(i), at, fields)
		case tag != "":
			fields[tag] = dst.Field(i)
		case f.Name == "At":
			dst.Field(i).Set(reflect.ValueOf(at))
		}
	}
}

func (s *scope) value(v any, at *place, table, key string, dst reflect.Value) {
	if dst.Kind() == reflect.Pointer {
		target := reflect.New(dst.Type().Elem())
		before := len(s.found)
		s.value(v, at, table, key, target.Elem())
		if len(s.found) == before || dst.Type().Elem().Kind() == reflect.Struct && kindOf(v) == "a table" {
			dst.Set(target)
		}
		return
	}
	if t, ok := v.(time.Time); ok && dst.Type() == reflect.TypeFor[time.Time]() {
		s.instant(t, at, key, dst)
		return
	}
	if t, ok := dst.Addr().Interface().(encoding.TextUnmarshaler); ok && (dst.Kind() != reflect.Struct || kindOf(v) == "a string") {
		s.text(v, at, key, dst, t)
		return
	}
	ok := false
	switch dst.Kind() {
	case reflect.String:
		var x string
		x, ok = v.(string)
		dst.SetString(strings.Clone(x)) // x holds on to the whole file
	case reflect.Bool:
		var x bool
		x, ok = v.(bool)
		dst.SetBool(x)
	case reflect.Int:
		var x int64
		x, ok = v.(int64)
		dst.SetInt(x)
	case reflect.Map:
		ok = s.stringMap(v, at, key, dst)
	case reflect.Slice:
		ok = s.slice(v, at, table, key, dst)
	case reflect.Struct:
		ok = s.structure(v, at, table, key, dst)
	}
	if !ok {
		s.report(at, key, "%s must be %s, is %s", key, wanted(dst.Type()), kindOf(v))
	}
}

func (s *scope) text(v any, at *place, key string, dst reflect.Value, t encoding.TextUnmarshaler) {
	_, num := t.(number)
	text, ok := v.(string)
	if i, isInt := v.(int64); isInt && num {
		text, ok = strconv.FormatInt(i, 10), true
	}
	if !ok {
		s.report(at, key, "%s must be %s, is %s", key, wanted(dst.Type()), kindOf(v))
	} else if err := t.UnmarshalText([]byte(text)); err != nil {
		s.report(at, key, "%s: %s", key, err)
	}
}

// instant takes a time, which has to say its zone: TOML's local times are of
// no place.
func (s *scope) instant(t time.Time, at *place, key string, dst reflect.Value) {
	if strings.HasSuffix(t.Location().String(), "local") {
		s.report(at, key, "%s: a time without its zone, want one such as 2027-01-31T12:00:00Z", key)
		return
	}
	dst.Set(reflect.ValueOf(t))
}

func (s *scope) stringMap(v any, at *place, key string, dst reflect.Value) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	out := map[string]string{}
	for k, e := range m {
		if out[k], ok = e.(string); !ok {
			s.report(at.at(k), key+"."+k, "%s.%s must be a string, is %s", key, k, kindOf(e))
		}
	}
	dst.Set(reflect.ValueOf(out))
	return true
}

func (s *scope) slice(v any, at *place, table, key string, dst reflect.Value) bool {
	items, ok := v.([]any)
	if tables, isTables := v.([]map[string]any); isTables {
		for _, t := range tables {
			items = append(items, t)
		}
		ok = true
	}
	if !ok {
		return false
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	for i, item := range items {
		s.value(item, at.at(i), table, key, dst.Index(i))
	}
	return true
}

func (s *scope) structure(v any, at *place, table, key string, dst reflect.Value) bool {
	m, ok := v.(map[string]any)
	if !ok {
		return false
	}
	if raw, isRaw := dst.Addr().Interface().(*rawTable); isRaw {
		*raw = rawTable{m, at}
		return true
	}
	s.decode(m, at, below(table, key), dst)
	return true
}
