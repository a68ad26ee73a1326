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

// inspect returns the verdict, or the gate's refusal. Both are valid until
// the next call.
func (i *inspector) inspect(raw []byte) (*detect.Verdict, proxy.Refusal) {
	req, refusal := i.reader.Read(raw)
	if refusal != proxy.Accepted {
		return nil, refusal
	}
	return i.policy.Inspect(req, 0, &i.scratch), refusal
}

// newLocalJudge judges in this process; policy is shared by all workers.
func newLocalJudge(policy *detect.Policy) bench.Judge {
	in := newInspector(policy)
	return func(rec *bench.Record) bench.Judged {
		v, refusal := in.inspect(rec.Raw)
		switch {
		case refusal != proxy.Accepted:
			return bench.Judged{Record: rec, Outcome: bench.Refused, Detail: refusal.String()}
		case v.Attack():
			return bench.Judged{Record: rec, Outcome: bench.Stopped, Detail: describe(v)}
		}
		return bench.Judged{Record: rec, Outcome: bench.Passed}
	}
}

// shown bounds the evidence in a description, in bytes.
const shown = 120

func describe(v *detect.Verdict) string {
	var b strings.Builder
	for _, m := range v.Matches {
		text := m.Value[m.Start:m.End]
		fmt.Fprintf(&b, "%s %s at %s score %d: %q; ", m.Class, m.Rule, m.Point.String(), m.Score, text[:min(len(text), shown)])
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
