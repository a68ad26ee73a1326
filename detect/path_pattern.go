package detect

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// pathPattern is a compiled Condition.Path: a part for each component.
type pathPattern []pathPart

type pathPart struct {
	kind partKind
	text string // of a literal; of a glob with its stars
	re   *regexp.Regexp
}

type partKind uint8

const (
	partLiteral partKind = iota
	partOne              // "*"
	partDeep             // "**"
	partGlob             // stars inside
	partRegex            // "{{re}}"
)

const (
	maxPatternParts = 64
	maxGlobStars    = 8 // of one component
)

// compilePath is nil for "".
func compilePath(text string) (pathPattern, error) {
	if text == "" {
		return nil, nil
	}
	if text[0] != '/' && !strings.HasPrefix(text, "**") {
		return nil, fmt.Errorf("%q does not begin with / or **", text)
	}
	var p pathPattern
	for rest := strings.TrimPrefix(text, "/"); ; {
		part, more, err := cutPart(rest)
		if err != nil {
			return nil, err
		}
		c, err := compilePart(part)
		if err != nil {
			return nil, err
		}
		if p = append(p, c); len(p) > maxPatternParts {
			return nil, fmt.Errorf("more than %d components", maxPatternParts)
		}
		if more == "" {
			return p, nil
		}
		rest = more[1:]
	}
}

// cutPart cuts at the next '/' outside of "{{ }}"; more begins with it.
func cutPart(s string) (part, more string, err error) {
	if strings.HasPrefix(s, "{{") {
		end := strings.Index(s, "}}")
		if end < 0 {
			return "", "", errors.New("{{ without }}")
		}
		for strings.HasPrefix(s[end+1:], "}}") {
			end++ // "{{a{2}}}" ends with the last
		}
		if part, more = s[:end+2], s[end+2:]; more != "" && more[0] != '/' {
			return "", "", fmt.Errorf("%q after }}: a regular expression is a whole component", more)
		}
		return part, more, nil
	}
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[:i], s[i:], nil
	}
	return s, "", nil
}

func compilePart(s string) (pathPart, error) {
	switch {
	case s == "*":
		return pathPart{kind: partOne}, nil
	case s == "**":
		return pathPart{kind: partDeep}, nil
	case strings.HasPrefix(s, "{{"):
		re, err := compileRegex(s[2 : len(s)-2])
		return pathPart{kind: partRegex, re: re}, err
	case strings.Count(s, "*") > maxGlobStars:
		return pathPart{}, fmt.Errorf("more than %d stars in %q", maxGlobStars, s)
	case strings.Contains(s, "*"):
		return pathPart{kind: partGlob, text: s}, nil
	}
	return pathPart{kind: partLiteral, text: s}, nil
}

// match reports whether the pattern covers path as a whole. A "**" first
// takes as little as it can; where the rest does not fit, the last one takes
// a component more: no path costs more than its components times the parts.
func (p pathPattern) match(path []byte) bool {
	rest, more := bytes.TrimPrefix(path, []byte("/")), true
	var back []byte // what stands behind the component that the last "**" takes next
	deep, backMore := -1, false
	for i := 0; ; {
		if i < len(p) && p[i].kind == partDeep {
			deep, back, backMore = i, rest, more
			i++
			continue
		}
		if !more && i == len(p) {
			return true
		}
		if more && i < len(p) {
			if part, r, m := cutComponent(rest); p[i].match(part) {
				rest, more = r, m
				i++
				continue
			}
		}
		if deep < 0 || !backMore {
			return false
		}
		_, back, backMore = cutComponent(back)
		rest, more, i = back, backMore, deep+1
	}
}

// cutComponent splits at the next '/'; more is false at the end.
func cutComponent(path []byte) (part, rest []byte, more bool) {
	if i := bytes.IndexByte(path, '/'); i >= 0 {
		return path[:i], path[i+1:], true
	}
	return path, nil, false
}

func (p *pathPart) match(part []byte) bool {
	switch p.kind {
	case partOne:
		return len(part) > 0
	case partGlob:
		return starMatch(p.text, part)
	case partRegex:
		return p.re.Match(part)
	}
	return string(part) == p.text
}

// starMatch reports whether text, in which '*' is any run of characters,
// covers part.
func starMatch(text string, part []byte) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(part) {
		switch {
		case i < len(text) && text[i] == '*':
			star, mark = i, j
			i++
		case i < len(text) && text[i] == part[j]:
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(text[i:], "*") == ""
}

// exact is 1 for a pattern that covers no path below its end, 0 for others.
func (p pathPattern) exact() int {
	if len(p) == 0 || p[len(p)-1].kind == partDeep {
		return 0
	}
	return 1
}

// count returns the number of parts of kind k.
func (p pathPattern) count(k partKind) (n int) {
	for i := range p {
		if p[i].kind == k {
			n++
		}
	}
	return n
}
