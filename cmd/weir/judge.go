package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/bench"
	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// inspector judges raw requests as a node with default limits would.
type inspector struct {
	policy  *detect.Policy
	reader  *proxy.RawReader
	scratch detect.Scratch
}

func newInspector(p *detect.Policy) *inspector {
	limits := config.Defaults().Limits
	return &inspector{policy: p, reader: proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant)}
}

// inspect returns the verdict and the request, or the gate's refusal. They
// are valid until the next call.
func (i *inspector) inspect(raw []byte) (*detect.Verdict, *detect.Request, proxy.Refusal) {
	req, refusal := i.reader.Read(raw)
	if refusal != proxy.Accepted {
		return nil, nil, refusal
	}
	return i.policy.Inspect(req, 0, &i.scratch), req, refusal
}

// newLocalJudge judges in this process; policy is shared by all workers.
func newLocalJudge(policy *detect.Policy) bench.Judge {
	in := newInspector(policy)
	return func(rec *bench.Record) bench.Judged {
		v, req, refusal := in.inspect(rec.Raw)
		switch {
		case refusal != proxy.Accepted:
			return bench.Judged{Record: rec, Outcome: bench.Refused, Detail: refusal.String()}
		case v.Attack():
			return bench.Judged{Record: rec, Outcome: bench.Stopped, Detail: in.describe(v, req, !rec.Attack())}
		}
		return bench.Judged{Record: rec, Outcome: bench.Passed}
	}
}

// verified judges in this process, with and without prefilters.
func verified(policy, plain *detect.Policy) bench.Judge {
	local, slow := newLocalJudge(policy), newLocalJudge(plain)
	return func(rec *bench.Record) bench.Judged {
		j, want := local(rec), slow(rec)
		if j.Differs = j.Outcome != want.Outcome || j.Detail != want.Detail; j.Differs {
			j.Detail = fmt.Sprintf("differs: %s (%s), without prefilters %s (%s)", j.Outcome, j.Detail, want.Outcome, want.Detail)
		}
		return j
	}
}

// shown bounds the evidence in a description, in bytes.
const shown = 120

// describe lists the matches; explained says how each score came about and
// what would have let the value pass.
func (i *inspector) describe(v *detect.Verdict, req *detect.Request, explained bool) string {
	var b strings.Builder
	for n := range v.Matches {
		m := &v.Matches[n]
		text := m.Value[m.Start:m.End]
		fmt.Fprintf(&b, "%s %s at %s score %d: %q", m.Class, m.Rule, m.Point.String(), m.Score, text[:min(len(text), shown)])
		if explained {
			e := i.policy.Explain(req, m)
			for _, p := range e.Parts {
				fmt.Fprintf(&b, ", %+d %s", p.Points, p.Why)
			}
			fmt.Fprintf(&b, ", to pass: %s", strings.Join(e.ToPass, " or "))
		}
		b.WriteString("; ")
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// sendTimeout bounds one exchange with a node.
const sendTimeout = 30 * time.Second

// nodeJudge sends each request to one of the nodes, chosen by its ID, and
// holds the answer against the verdict in this process.
func nodeJudge(nodes []string, local bench.Judge) (bench.Judge, func()) {
	senders := make([]bench.Sender, len(nodes))
	for i, n := range nodes {
		senders[i] = bench.Sender{Address: n, Timeout: sendTimeout}
	}
	end := func() {
		for i := range senders {
			senders[i].Close()
		}
	}
	return func(rec *bench.Record) bench.Judged {
		j := local(rec)
		a, err := senders[xxhash.Sum64String(rec.ID)%uint64(len(senders))].Send(rec.Raw)
		got := a.Outcome()
		if err != nil {
			got = bench.Failed
		}
		if j.Differs = got != j.Outcome; j.Differs {
			j.Detail = fmt.Sprintf("differs: %s in process (%s), node answered %d, %v", j.Outcome, j.Detail, a.Status, err)
		}
		j.Outcome = got
		return j
	}, end
}
