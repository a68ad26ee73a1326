package detect

// needsNoSQLi: an operator or a line, or a break-out that begins as the value
// does, with a number, or behind a quote, or a call of the shell's database.
func needsNoSQLi(v *value, t *traits) bool {
	if v.f&(fDollar|fLine|fQuote) != 0 {
		return true
	}
	c := v.b[0]
	return isDigit(c) || c == '-' || c == '.' || hasPrefixFold(v.b, "db.")
}
