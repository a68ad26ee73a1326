package tenant

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// routes is a site's compiled locations, in the precedence of nginx: an
// exact path ("= /x") ends the search; else the longest prefix ("/x",
// "^~ /x") is remembered; unless that one is "^~", the regular expressions
// ("~", "~*" without regard to case) are tried in order and the first match
// wins; else the remembered prefix. Prefixes are of the string, not of
// segments: "/a" covers "/ab". Indexes point into SiteSpec.Routes. A nil
// *routes matches nothing.
type routes struct {
	paths    []string // as configured, to recognise an unchanged site
	exact    map[string]int
	prefixes map[string]int
	lengths  []int // of the prefixes, each once, longest first
	final    []bool
	regexes  []regexRoute
}

type regexRoute struct {
	re    *regexp.Regexp
	index int
}

// CheckRoute reports what is wrong with the Path of a RouteSpec.
func CheckRoute(path string) error {
	_, err := compileRoutes([]RouteSpec{{Path: path}})
	return err
}

// compileRoutes is nil for no specs.
func compileRoutes(specs []RouteSpec) (*routes, error) {
	if len(specs) == 0 {
		return nil, nil
	}
	r := &routes{final: make([]bool, len(specs))}
	for i := range specs {
		if err := r.add(specs[i].Path, i); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.lengths, func(a, b int) int { return cmp.Compare(b, a) })
	return r, nil
}

func (r *routes) add(path string, i int) error {
	r.paths = append(r.paths, path)
	op, arg := cutOperator(path)
	switch op {
	case "~", "~*":
		re, err := compileRegex(op, arg)
		if err != nil {
			return fmt.Errorf("cannot compile route %q: %w", path, err)
		}
		r.regexes = append(r.regexes, regexRoute{re, i})
		return nil
	case "=":
		return addPath(&r.exact, path, arg, i)
	}
	if !slices.Contains(r.lengths, len(arg)) {
		r.lengths = append(r.lengths, len(arg))
	}
	r.final[i] = op == "^~"
	return addPath(&r.prefixes, path, arg, i)
}

func addPath(m *map[string]int, route, path string, i int) error {
	if norm := string(AppendPath(nil, []byte(path))); path == "" || norm != path {
		return fmt.Errorf("route %q can match nothing: paths are compared decoded and normalised, write %q", route, norm)
	}
	if *m == nil {
		*m = map[string]int{}
	}
	if _, ok := (*m)[path]; ok {
		return fmt.Errorf("route %q stands twice", route)
	}
	(*m)[path] = i
	return nil
}

func cutOperator(path string) (op, arg string) {
	for _, op := range [...]string{"=", "^~", "~*", "~"} {
		if rest, ok := strings.CutPrefix(path, op); ok {
			return op, strings.TrimLeft(rest, " \t")
		}
	}
	return "", path
}

func compileRegex(op, expr string) (*regexp.Regexp, error) {
	if expr == "" {
		return nil, errors.New("the regular expression is empty")
	}
	if op == "~*" {
		expr = "(?i)" + expr
	}
	re, err := regexp.Compile(expr)
	var se *syntax.Error
	if errors.As(err, &se) {
		return nil, fmt.Errorf("%s: %q (RE2 syntax: no look-around, no back references)", se.Code, se.Expr)
	}
	return re, err
}

// match returns the index of the route for a normalised path, -1 for none.
func (r *routes) match(path []byte) int {
	if r == nil {
		return -1
	}
	if i, ok := r.exact[string(path)]; ok {
		return i
	}
	found := r.longest(path)
	if found >= 0 && r.final[found] {
		return found
	}
	for _, x := range r.regexes {
		if x.re.Match(path) {
			return x.index
		}
	}
	return found
}

func (r *routes) longest(path []byte) int {
	for _, n := range r.lengths {
		if n > len(path) {
			continue
		}
		if i, ok := r.prefixes[string(path[:n])]; ok {
			return i
		}
	}
	return -1
}

// same reports whether r was compiled from the paths of specs.
func (r *routes) same(specs []RouteSpec) bool {
	return r != nil && slices.EqualFunc(r.paths, specs, func(p string, s RouteSpec) bool { return p == s.Path })
}

// RouteKey is equal for two routes of a site that cannot stand together, ""
// for those that can stand with all: regular expressions.
func RouteKey(path string) string {
	switch op, arg := cutOperator(path); op {
	case "~", "~*":
		return ""
	case "=":
		return "=" + arg
	default:
		return arg
	}
}
