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
	v, refusal := in.inspect(raw)
	if refusal != proxy.Accepted {
		return &scanned{Refused: refusal.String(), Status: refusal.Status(), Matches: []matched{}}
	}
	s := &scanned{Attack: v.Attack(), Partial: v.Partial, Matches: []matched{}}
	for i := range v.Matches {
		s.Matches = append(s.Matches, in.match(&v.Matches[i]))
	}
	return s
}

func (i *inspector) match(m *detect.Match) matched {
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
	return out
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
	for _, m := range s.Matches {
		fmt.Fprintf(w, "%s at %s, score %d (%s)\n  why       %s\n  value     %q\n  evidence  %q\n",
			m.Class, m.Point, m.Score, m.Rule, m.Why, m.Value, m.Evidence)
	}
	return nil
}
