package detect

// Part says in which piece of the request a value stands undecoded.
type Part uint8

// The parts that Match.Part names.
const (
	PartTarget Part = iota
	PartHeader      // Match.Header is the index in Request.Headers
	PartBody
)

// Match is one attack found: at most one a class in a verdict, the first of
// the highest score. All byte slices are views into the request or the
// scratch: valid until the scratch is used again, to be copied before.
type Match struct {
	Class Class
	Rule  string // identity of the judge's finding or of the policy's rule, like "sqli/union"
	Why   string // constant sentence: what about the value makes it an attack
	Score int    // 1..100
	Point Point
	// Value is the decoded value that was judged; Value[Start:End] is the
	// evidence.
	Value      []byte
	Start, End int
	// Where the value stands undecoded: Part, Header and the byte offsets
	// From and To in the target, the header's value or the body.
	Part     Part
	Header   int
	From, To int

	kind kind // of the value judged
}

// Verdict is the result of one inspection.
type Verdict struct {
	// Matches holds what was found, in order of Class. Empty: clean.
	Matches []Match
	// Partial is set when not all of the request was looked at: the body was
	// given in part, or a bound was crossed (then a match of class DataBomb
	// or Overlimit says which).
	Partial bool
}

// Attack reports whether anything was found.
func (v *Verdict) Attack() bool { return len(v.Matches) > 0 }

// String returns the name that tools print.
func (p Part) String() string { return [...]string{"target", "header", "body"}[p] }
