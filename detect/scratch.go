package detect

// Scratch holds the buffers of one inspection at a time. Reuse it from
// request to request; it is not safe for concurrent use. Buffers grow to the
// bounds of Limits at most.
type Scratch struct {
	verdict Verdict
}
