package detect

// needs is the second step of the prefilter, by class: false means that the
// judge of that class certainly reports nothing for v, which has the traits
// t. A class without an entry needs nothing beyond what its maybe asks for.
//
// A judge that grows a rule has to let through here what the rule looks at;
// the tests inspect everything with the prefilter on and off and compare.
var needs = [NumClasses]func(v *value, t *traits) bool{
	SQLi:           needsSQLi,
	NoSQLi:         needsNoSQLi,
	XSS:            needsXSS,
	RCE:            needsRCE,
	Scanner:        needsScanner,
	MassAssignment: needsMass,
	PTrav:          needsPTrav,
	SSRF:           needsSSRF,
	Redir:          needsRedir,
}
