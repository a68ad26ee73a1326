package detect

import (
	"fmt"
	"strconv"
	"strings"
)

// named are the steps that carry a name.
const namedSteps = 1<<StepQuery | 1<<StepHeader | 1<<StepCookie | 1<<StepForm |
	1<<StepMultipart | 1<<StepHash | 1<<StepXMLTag | 1<<StepXMLAttr | 1<<StepXMLEntity

// parsePoint reads a printed point: groups in brackets, each a step's name,
// maybe with an index or a name after a space. A name may also stand in a
// group of its own after its step: [query][refresh] is [query refresh].
func parsePoint(text string) ([]ruleStep, error) {
	var steps []ruleStep
	wantName := false
	for text != "" {
		group, rest, err := cutGroup(text)
		if err != nil {
			return nil, err
		}
		text = rest
		st, ok := parseStep(group)
		switch {
		case wantName && !(ok && strings.Contains(group, " ")):
			if steps[len(steps)-1].name, err = unescapeName(group); err != nil {
				return nil, err
			}
			wantName = false
			continue
		case !ok:
			return nil, fmt.Errorf("unknown step %q", group)
		}
		if st.name, err = unescapeName(string(st.name)); err != nil {
			return nil, err
		}
		if len(steps) == MaxSteps {
			return nil, fmt.Errorf("more than %d steps", MaxSteps)
		}
		steps = append(steps, st)
		wantName = st.name == nil && namedSteps>>st.kind&1 != 0
	}
	return steps, nil
}

// cutGroup splits "[group]rest".
func cutGroup(text string) (group, rest string, err error) {
	end := strings.IndexByte(text, ']')
	if text[0] != '[' || end < 0 {
		return "", "", fmt.Errorf("want [step] or [step name] at %q", text)
	}
	return text[1:end], text[end+1:], nil
}

// parseStep reads "kind", "kind name" or "kind 3".
func parseStep(group string) (ruleStep, bool) {
	word, arg, has := strings.Cut(group, " ")
	for k, n := range stepNames {
		if n != word {
			continue
		}
		st := ruleStep{kind: StepKind(k), index: -1}
		if !has {
			return st, true
		}
		if namedSteps>>k&1 != 0 {
			st.name = []byte(arg)
			return st, true
		}
		i, err := strconv.ParseUint(arg, 10, 31)
		st.index = int32(i)
		return st, err == nil
	}
	return ruleStep{}, false
}

// unescapeName undoes appendName; nil stays nil for an empty name.
func unescapeName(s string) ([]byte, error) {
	if s == "" {
		return nil, nil
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i+3 >= len(s) || s[i+1] != 'x' || hexVal[s[i+2]] < 0 || hexVal[s[i+3]] < 0 {
			return nil, fmt.Errorf("want \\xNN at %q", s[i:])
		}
		out = append(out, byte(hexVal[s[i+2]])<<4|byte(hexVal[s[i+3]]))
		i += 3
	}
	return out, nil
}
