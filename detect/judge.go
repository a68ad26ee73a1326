package detect

// kind says what sort of place a value comes from; judges weigh by it.
type kind uint8

const (
	kindParam    kind = iota // a parameter's, JSON string's, XML text's or cookie's value
	kindName                 // a parameter's, key's or cookie's name
	kindPath                 // the path or a segment of it
	kindHeader               // a header's value that is not one of those below
	kindUA                   // User-Agent
	kindReferer              // Referer, Origin: the whole URL (its parameters are kindParam)
	kindFileName             // file name of an upload
	kindFile                 // content of an upload
	kindText                 // an unstructured body
)

// value is what a judge sees: one form of one value.
type value struct {
	b    []byte
	f    features // scan(b)
	kind kind
}

// finding is what a judge reports: the zero finding is "nothing". b[start:end]
// is the evidence; rule and why are constants.
type finding struct {
	score      int // 1..100; 50 counts at balanced, 80 at low, 30 at high sensitivity
	start, end int
	rule, why  string
}

// judge looks at a value and reports its strongest finding. It allocates
// nothing, keeps no state and ends in time linear in len(v.b).
type judge struct {
	class Class
	// maybe is the first step of the prefilter: false means that judge
	// certainly reports nothing for a value with these byte classes and this
	// length. It depends on nothing else; lengths from 16 to 255 look the
	// same to it, and so do those beyond. The second step is in needs.
	maybe func(f features, n int) bool
	judge func(v *value, s *Scratch) finding
}

var judges = [...]judge{
	{SQLi, maybeSQLi, judgeSQLi},
	{NoSQLi, maybeNoSQLi, judgeNoSQLi},
	{XSS, maybeXSS, judgeXSS},
	{RCE, maybeRCE, judgeRCE},
	{PTrav, maybePTrav, judgePTrav},
	{XXE, maybeXXE, judgeXXE},
	{SSI, maybeSSI, judgeSSI},
	{LDAPi, maybeLDAPi, judgeLDAPi},
	{XPath, maybeXPath, judgeXPath},
	{CRLF, maybeCRLF, judgeCRLF},
	{MailInjection, maybeMail, judgeMail},
	{SSTI, maybeSSTI, judgeSSTI},
	{SSRF, maybeSSRF, judgeSSRF},
	{Scanner, maybeScanner, judgeScanner},
	{MassAssignment, maybeMass, judgeMass},
	{FileUpload, maybeUpload, judgeUpload},
	{Redir, maybeRedir, judgeRedir},
}
