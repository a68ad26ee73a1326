package detect

import "bytes"

// The code tokeniser finds calls: a name, perhaps behind a chain of members,
// with an opening parenthesis. It knows the spellings that PHP, Java, Python,
// Ruby and JavaScript share and has no opinions about names.

// codeCall is one call.
type codeCall struct {
	name       []byte // the last name before the parenthesis
	start      int    // where the chain begins
	open       int    // the parenthesis
	member     bool   // a member of something
	joined     bool   // joined to a string before it by the dot of PHP and Perl
	owner      []byte // the name before the last, if any
	definition bool   // follows the word function, def or func
}

// maxChain bounds the bytes that are read back from a parenthesis.
const maxChain = 128

// callAt reads the call whose parenthesis is b[open]; false when there is no
// name before it.
func callAt(b []byte, open int) (codeCall, bool) {
	c := codeCall{open: open}
	end := open
	for end > 0 && open-end < 3 && (b[end-1] == ' ' || b[end-1] == '\t') {
		end--
	}
	start := nameStart(b, end)
	if start == end || isDigit(b[start]) {
		return c, false
	}
	c.name, c.start = b[start:end], start
	if w := memberBefore(b, start); w > 0 {
		c.member = true
		ownerEnd := start - w
		for ownerEnd > 0 && (b[ownerEnd-1] == ')' || b[ownerEnd-1] == '(' || b[ownerEnd-1] == ']') {
			ownerEnd--
		}
		ownerStart := nameStart(b, ownerEnd)
		c.joined = w == 1 && ownerEnd == start-1 && (ownerEnd == 0 || ownerEnd < 3 && isQuote(b[ownerEnd-1]))
		c.owner, c.start = b[ownerStart:ownerEnd], ownerStart
	} else {
		c.definition = definitionBefore(b, start)
	}
	return c, true
}

// nameStart returns where the name that ends at b[:end] begins.
func nameStart(b []byte, end int) int {
	start := end
	for start > 0 && end-start < maxChain && (isAlnum(b[start-1]) || b[start-1] == '_') {
		start--
	}
	return start
}

// memberBefore returns the width of the member operator before b[i].
func memberBefore(b []byte, i int) int {
	switch {
	case i >= 1 && b[i-1] == '.', i >= 1 && b[i-1] == '@' && i >= 2 && isAlnum(b[i-2]):
		return 1
	case i >= 2 && (b[i-2] == ':' && b[i-1] == ':' || b[i-2] == '-' && b[i-1] == '>'):
		return 2
	}
	return 0
}

func definitionBefore(b []byte, i int) bool {
	head := bytes.TrimRight(b[:i], " \t")
	if len(head) == i {
		return false
	}
	for _, word := range [...]string{"function", "def", "func", "fn", "sub", "void", "new"} {
		if hasSuffixFold(head, word) {
			return word != "new"
		}
	}
	return false
}

// argument is what the first argument of a call looks like.
type argument uint8

const (
	argOther argument = iota
	argNone           // an empty list
	argText           // a string literal
	argCall           // a call of a known function
	argInput          // a variable that holds the request
	argTick           // a command substitution of PHP, Perl, Ruby
	argVar            // some variable
)

// argumentAt classifies what stands at b[i:], and returns a string literal's
// contents.
func argumentAt(b []byte, i int) (argument, []byte) {
	for i < len(b) && (b[i] == ' ' || b[i] == '(' || b[i] == '[' || b[i] == '@' || b[i] == '\\') {
		i++
	}
	if i >= len(b) {
		return argOther, nil
	}
	switch c := b[i]; {
	case c == ')':
		return argNone, nil
	case c == '"' || c == '\'':
		text := b[i+1:]
		if end := bytes.IndexByte(text, c); end >= 0 {
			text = text[:end]
		}
		return argText, text
	case c == '`':
		return argTick, nil
	case c == '$':
		if requestVariable(b[i:]) {
			return argInput, nil
		}
		return argVar, nil
	}
	end := i
	for end < len(b) && end-i < maxChain && (isAlnum(b[end]) || b[end] == '_' || b[end] == '.') {
		end++
	}
	if end < len(b) && b[end] == ')' && shellCommands.lookup(b[i:end])&^cmdKinds == 0 && shellCommands.lookup(b[i:end]) != cmdNone {
		return argText, b[i:end] // a constant that PHP does not know is a string
	}
	if end < len(b) && b[end] == '(' {
		if c, ok := callAt(b, end); ok && codeFunctions.lookup(c.name) != 0 {
			return argCall, nil
		}
	}
	return argOther, nil
}

// requestVariable reports whether b begins with a variable of PHP that holds
// what the client sent.
func requestVariable(b []byte) bool {
	for _, name := range [...]string{"$_get", "$_post", "$_request", "$_cookie", "$_server", "$_files", "$_env",
		"$_session", "$globals", "$http_", "$argv", "${_get", "${_post", "${_request"} {
		if hasPrefixFold(b, name) {
			return true
		}
	}
	return false
}
