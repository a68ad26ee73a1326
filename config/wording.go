package config

import (
	"encoding"
	"reflect"
	"strings"
	"time"
)

// below names a table within another.
func below(table, key string) string {
	if strings.HasPrefix(table, "[") {
		key = strings.Trim(table, "[]") + "." + key
	}
	if strings.HasSuffix(key, "listener") || strings.HasSuffix(key, ".site") || strings.HasSuffix(key, ".route") {
		return "[[" + key + "]]"
	}
	return "[" + key + "]"
}

// wanted names the type of a field for the author of a file.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		if t.Elem() == reflect.TypeFor[upstream]() {
			return "an array of strings or of tables { url, weight }"
		}
		if t.Elem().Kind() == reflect.Struct {
			return "an array of tables"
		}
		return "an array of strings"
	case reflect.Struct, reflect.Map:
		if t == reflect.TypeFor[time.Time]() {
			return "a time such as 2027-01-31T12:00:00Z"
		}
		if t == reflect.TypeFor[upstream]() {
			return "a string or a table { url, weight }"
		}
		return "a table"
	}
	switch reflect.New(t).Interface().(type) {
	case *duration:
		return `a duration such as "30s"`
	case *size:
		return `a size such as "1MiB"`
	case encoding.TextUnmarshaler:
		if t == reflect.TypeFor[application]() {
			return "an integer"
		}
		return "a string"
	}
	return "an integer"
}

// kindOf names the type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	}
	return "an array"
}
