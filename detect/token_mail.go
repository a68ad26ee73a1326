package detect

import "bytes"

// The tokeniser of mail commands reads a line as SMTP (RFC 5321), IMAP (RFC
// 9051) and POP3 (RFC 1939) do, in any case. It has no opinions about what a
// line means for a web application.

// mailCommand is what a line commands.
type mailCommand uint8

const (
	mailNone     mailCommand = iota
	mailEnvelope             // MAIL FROM: and RCPT TO:, which nothing else is written like
	mailTagged               // a command of IMAP with its tag and arguments
	mailSession              // a command that a text might hold as a line, arguments included
	mailServer               // a command that is no word of any language, with its argument
	mailEnd                  // the line with one dot that ends a message
)

// readMailCommand reads the line b.
func readMailCommand(b []byte) mailCommand {
	b = bytes.TrimSpace(b)
	if len(b) == 1 && b[0] == '.' {
		return mailEnd
	}
	verb, rest := wordAt(b)
	if len(verb) > 16 || len(verb) < 3 && !imapTag(verb) {
		return mailNone
	}
	if class := mailVerbs.lookup(verb); class != 0 {
		return smtpCommand(class, rest)
	}
	if imapTag(verb) {
		return imapCommand(rest)
	}
	return mailNone
}

// Verbs by the arguments they take.
const (
	verbNone     uint8 = iota
	verbMail           // FROM:
	verbRcpt           // TO:
	verbAlone          // nothing
	verbNumber         // a number
	verbOptional       // nothing or numbers
	verbDomain         // a host or an address
	verbAuth           // the name of a mechanism
	verbServer         // a host or an address; the verb is no word
)

var mailVerbs = newWordTable([]wordGroup{
	{verbMail, []string{"mail", "send", "soml", "saml"}},
	{verbRcpt, []string{"rcpt"}},
	{verbAlone, []string{"data", "rset", "quit", "noop", "starttls", "stat", "capa"}},
	{verbNumber, []string{"retr", "dele", "top"}},
	{verbOptional, []string{"list", "uidl"}},
	{verbDomain, []string{"helo", "user", "pass", "apop"}},
	{verbServer, []string{"ehlo", "lhlo", "vrfy", "expn", "etrn"}},
	{verbAuth, []string{"auth"}},
})

func smtpCommand(class uint8, rest []byte) mailCommand {
	arg, more := wordAt(rest)
	switch class {
	case verbMail:
		if pathArgument(rest, "from") {
			return mailEnvelope
		}
	case verbRcpt:
		if pathArgument(rest, "to") {
			return mailEnvelope
		}
	case verbAlone:
		if len(arg) == 0 {
			return mailSession
		}
	case verbNumber:
		if numeric(arg) && (len(more) == 0 || numeric(more)) {
			return mailSession
		}
	case verbOptional:
		if (len(arg) == 0 || numeric(arg)) && len(more) == 0 {
			return mailSession
		}
	case verbDomain:
		if len(arg) > 0 && len(more) == 0 {
			return mailSession
		}
	case verbServer:
		if len(arg) > 0 && len(more) == 0 {
			return mailServer
		}
	case verbAuth:
		if mechanism(arg) {
			return mailSession
		}
	}
	return mailNone
}

// pathArgument reports whether b is the keyword, which is lower case, a colon
// and something that follows.
func pathArgument(b []byte, keyword string) bool {
	if !hasPrefixFold(b, keyword) {
		return false
	}
	b = bytes.TrimLeft(b[len(keyword):], " \t")
	return len(b) > 1 && b[0] == ':'
}

// mechanism reports whether b names a way to authenticate.
func mechanism(b []byte) bool {
	for _, m := range [...]string{"plain", "login", "cram-md5", "xoauth2", "ntlm", "digest-md5", "gssapi", "external"} {
		if equalFold(b, m) {
			return true
		}
	}
	return false
}

// numeric reports whether b is a number.
func numeric(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0
}

// imapTag reports whether b may be the tag of a command: letters and then
// digits, as all clients write it.
func imapTag(b []byte) bool {
	i := 0
	for i < len(b) && i < 5 && isAlpha(b[i]) {
		i++
	}
	return len(b) <= 10 && i < len(b) && numeric(b[i:])
}

// Commands of IMAP by the arguments they take.
const (
	imapNone     uint8 = iota
	imapAlone          // nothing
	imapShort          // nothing; a word that text has too
	imapSet            // a set of messages, then what to do
	imapMailbox        // one word
	imapWords          // words, of which IMAP gives the first
	imapTwo            // two words
	imapUID            // one of the others
	imapPattern        // a quoted word, then a pattern
	imapMechanic       // the name of a mechanism
)

var imapVerbs = newWordTable([]wordGroup{
	{imapAlone, []string{"capability", "logout", "noop", "starttls", "expunge", "unselect"}},
	{imapShort, []string{"close", "check", "idle", "namespace"}},
	{imapSet, []string{"fetch", "store", "copy", "move"}},
	{imapMailbox, []string{"select", "examine", "create", "delete", "subscribe", "unsubscribe", "append"}},
	{imapWords, []string{"search", "status"}},
	{imapTwo, []string{"login", "rename"}},
	{imapUID, []string{"uid"}},
	{imapPattern, []string{"list", "lsub"}},
	{imapMechanic, []string{"authenticate"}},
})

// imapCommand reads what follows a tag.
func imapCommand(b []byte) mailCommand {
	verb, rest := wordAt(b)
	arg, more := wordAt(rest)
	ok := false
	switch imapVerbs.lookup(verb) {
	case imapAlone:
		ok = len(arg) == 0
	case imapShort:
		ok = len(arg) == 0 && upperWord(verb)
	case imapSet:
		ok = messageSet(arg)
	case imapMailbox:
		ok = len(arg) > 0 && (len(more) == 0 && (upperWord(verb) || equalFold(arg, "inbox")) || arg[0] == '"')
	case imapWords:
		ok = len(arg) > 2 && scan(arg)&^(fAlpha|fQuote) == 0 && (len(more) == 0 || more[0] == '(' || upperWord(arg))
	case imapTwo:
		third, _ := wordAt(more)
		ok = len(third) > 0 && len(third) == len(more)
	case imapUID:
		return imapCommand(rest)
	case imapPattern:
		ok = len(more) > 0 && (arg[0] == '"' || more[0] == '"' || more[0] == '*' || more[0] == '%')
	case imapMechanic:
		ok = mechanism(arg)
	}
	if ok {
		return mailTagged
	}
	return mailNone
}

// messageSet reports whether b numbers messages: 4791, 1:*, 2,4:7.
func messageSet(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) && c != ':' && c != ',' && c != '*' {
			return false
		}
	}
	return len(b) > 0
}

func upperWord(b []byte) bool {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}
