package config

// Problem is one error of the configuration.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // 0: the file as a whole
	Key    string `json:"key,omitempty"`
	Tenant string `json:"tenant,omitempty"` // name of the tenant that alone is broken
	Fatal  bool   `json:"fatal"`            // nothing can run: exit 3, at reload nothing changes
	Msg    string `json:"message"`
}

// Error is `file:line: tenant "x": message`.
func (p *Problem) Error() string { return p.Msg }

// Problems is what is wrong, in order of file and line. The empty Problems
// means that all is well.
type Problems []*Problem

// Fatal reports whether nothing can run.
func (ps Problems) Fatal() bool { return false }

// Error has a line for each problem.
func (ps Problems) Error() string { return "" }
