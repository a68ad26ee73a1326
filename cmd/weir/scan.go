package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"weir/detect"
	"weir/proxy"
)

// maxScan bounds the request that scan reads, in bytes.
const maxScan = 64 << 20

// scanned is what scan prints.
type scanned struct {
	Attack  bool      `json:"attack"`
	Partial bool      `json:"partial"`           // not all of the request was looked at
	Refused string    `json:"refused,omitempty"` // why the node would not take it
	Status  int       `json:"status,omitempty"`  // that the node would refuse it with
	Matches []matched `json:"matches"`
}

// matched is one detect.Match.
type matched struct {
	Class    string   `json:"class"`
	Rule     string   `json:"rule"`
	Why      string   `json:"why"`
	Score    int      `json:"score"`
	Point    string   `json:"point"`
	Chain    []string `json:"decode_chain"` // the decoders among the point's steps
	Value    string   `json:"value"`
	Evidence string   `json:"evidence"`
	Start    int      `json:"start"` // of the evidence in the value, in bytes
	End      int      `json:"end"`
	Part     string   `json:"part"` // target, header or body
	Header   string   `json:"header,omitempty"`
	From     int      `json:"from"` // of the undecoded value in the part, in bytes
	To       int      `json:"to"`

	Forms       []form      `json:"forms"`  // from the undecoded value to the one that was judged
	Tokens      []token     `json:"tokens"` // of the class's language, around the evidence
	Parts       []scorePart `json:"score_parts"`
	Threshold   int         `json:"threshold"`
	Sensitivity string      `json:"sensitivity"`
	ToPass      []string    `json:"to_pass"` // what would have let it pass
}

// form is one detect.Form.
type form struct {
	Step  string `json:"step,omitempty"`
	Point string `json:"point,omitempty"`
	Value string `json:"value"`
}

// token is one detect.Token.
type token struct {
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Start int    `json:"start"`
}

// scorePart is one detect.ScorePart.
type scorePart struct {
	Points int    `json:"points"`
	Why    string `json:"why"`
}

func newScan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scan < REQUEST",
		Short: "Judge one raw HTTP request from standard input",
		Long:  "Reads one raw HTTP/1.1 request and prints the verdict of the default policy.\nExits 10 when an attack was found.",
		Args:  cobra.NoArgs,
	}
	out := outputFlag(cmd, "json")
	sensitivity := cmd.Flags().String("sensitivity", "balanced", "low, balanced or high, for every class")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		policy, err := policyOf(*sensitivity)
		if err != nil {
			return failed(exitUsage, err)
		}
		raw, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxScan))
		if err != nil {
			return failed(exitFailure, fmt.Errorf("cannot read the request: %w", err))
		}
		s := scan(policy, asSent(raw))
		if err := s.print(cmd.OutOrStdout(), *out); err != nil {
			return failed(exitFailure, err)
		}
		if s.Attack {
			return failed(exitAttack, nil)
		}
		return nil
	}
	return cmd
}

// asSent gives a request that was written in an editor the line ends of a
// real one: a head without any CR gets them, and the empty line after it if
// that is missing. Anything else stays as it is.
func asSent(raw []byte) []byte {
	head, body, ended := bytes.Cut(raw, []byte("\n\n"))
	if bytes.IndexByte(head, '\r') >= 0 {
		return raw
	}
	if !ended {
		head = bytes.TrimRight(head, "\n")
	}
	out := bytes.ReplaceAll(head, []byte("\n"), []byte("\r\n"))
	return append(append(out, "\r\n\r\n"...), body...)
}

func policyOf(sensitivity string) (*detect.Policy, error) {
	var o detect.Options
	var s detect.Sensitivity
	if err := s.UnmarshalText([]byte(sensitivity)); err != nil {
		return nil, err
	}
	for i := range o.Sensitivity {
		o.Sensitivity[i] = s
	}
	return detect.NewPolicy(o)
}

func scan(policy *detect.Policy, raw []byte) *scanned {
	in := newInspector(policy)
	v, req, refusal := in.inspect(raw)
	if refusal != proxy.Accepted {
		return &scanned{Refused: refusal.String(), Status: refusal.Status(), Matches: []matched{}}
	}
	s := &scanned{Attack: v.Attack(), Partial: v.Partial, Matches: []matched{}}
	for i := range v.Matches {
		s.Matches = append(s.Matches, in.match(req, &v.Matches[i]))
	}
	return s
}

func (i *inspector) match(req *detect.Request, m *detect.Match) matched {
	out := matched{
		Class: m.Class.String(), Rule: m.Rule, Why: m.Why, Score: m.Score, Point: m.Point.String(), Chain: []string{},
		Value: string(m.Value), Evidence: string(m.Value[m.Start:m.End]), Start: m.Start, End: m.End,
		Part: m.Part.String(), From: m.From, To: m.To,
	}
	if m.Part == detect.PartHeader {
		out.Header = string(i.reader.Header(m.Header))
	}
	for k := range m.Point.Len() {
		if step := m.Point.At(k); step.Kind.Decodes() {
			out.Chain = append(out.Chain, step.Kind.String())
		}
	}
	out.explain(i.policy.Explain(req, m))
	return out
}

func (m *matched) explain(e detect.Explanation) {
	m.Threshold, m.Sensitivity, m.ToPass = e.Threshold, e.Sensitivity.String(), e.ToPass
	m.Forms, m.Tokens, m.Parts = []form{}, []token{}, []scorePart{}
	for _, f := range e.Forms {
		m.Forms = append(m.Forms, form{f.Step, f.Point, string(f.Value)})
	}
	for _, t := range e.Tokens {
		m.Tokens = append(m.Tokens, token{t.Kind, t.Text, t.Start})
	}
	for _, p := range e.Parts {
		m.Parts = append(m.Parts, scorePart{p.Points, p.Why})
	}
}

func (s *scanned) print(w io.Writer, out output) error {
	if out == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(s)
	}
	switch {
	case s.Refused != "":
		fmt.Fprintf(w, "refused with %d: %s\n", s.Status, s.Refused)
	case !s.Attack:
		fmt.Fprintln(w, "clean")
	}
	for i := range s.Matches {
		s.Matches[i].print(w)
	}
	return nil
}

// maxShown bounds a value in the output for people, in bytes.
const maxShown = 200

func (m *matched) print(w io.Writer) {
	fmt.Fprintf(w, "%s at %s, score %d (%s)\n  why       %s\n  evidence  %q\n", m.Class, m.Point, m.Score, m.Rule, m.Why, short(m.Evidence))
	for _, f := range m.Forms {
		step := f.Step
		if step == "" {
			step = "as sent"
		}
		fmt.Fprintf(w, "  form      %s: %q\n", step, short(f.Value))
	}
	if len(m.Tokens) > 0 {
		fmt.Fprint(w, "  tokens   ")
		for _, t := range m.Tokens {
			fmt.Fprintf(w, " %s:%q", t.Kind, short(t.Text))
		}
		fmt.Fprintln(w)
	}
	for _, p := range m.Parts {
		fmt.Fprintf(w, "  score     %+d %s\n", p.Points, p.Why)
	}
	fmt.Fprintf(w, "  threshold %d at sensitivity %s\n", m.Threshold, m.Sensitivity)
	for _, t := range m.ToPass {
		fmt.Fprintf(w, "  to pass   %s\n", t)
	}
}

// short cuts a long value.
func short(v string) string {
	if len(v) > maxShown {
		return v[:maxShown] + "..."
	}
	return v
}
