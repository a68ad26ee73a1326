package detect

import "bytes"

// Injection into mail: commands of SMTP, IMAP and POP3, and header fields of
// a message that a form sends.
//
// Rules: a command counts behind a line end, or when it is one of several. A
// header field counts when it makes mail go elsewhere or mean something else
// and follows the value of a field: one line, best an address. A message that
// is quoted in a text brings its sender and its date along, and a value that
// begins with a field is a message of its own.
//
// Guarantee, at balanced. Caught:
//
//	anna@mail.example%0aBcc: a@list.example, b@list.example
//	x>\r\nRCPT TO:<bob@mail.example>
//	INBOX"\r\nA7 FETCH 1:* (BODY[])
//
// Not an attack:
//
//	Hi Bob,\n\nTo: the team\nfrom all of us
//	FYI\nFrom: Anna <anna@mail.example>\nDate: Monday\nTo: Bob <bob@mail.example>
//	A1 milk\nA2 bread\nselect one
func maybeMail(f features, n int) bool {
	return n > 1 && (f&fLine != 0 || f&(fAt|fMinus|fSlash|fBlank|fAlpha) == fAt|fMinus|fSlash|fBlank|fAlpha)
}

func judgeMail(v *value, s *Scratch) finding {
	if !maybeMail(v.f, len(v.b)) {
		return finding{}
	}
	if v.f&fLine == 0 {
		return judgeMailOptions(v)
	}
	r := lineReader{b: v.b}
	var x mailPlace
	x.v = v
	x.short = len(v.b) < maxGuess && bytes.Count(v.b, []byte{'\n'})+bytes.Count(v.b, []byte{'\r'}) < 6
	for n := 0; n < maxLines && x.best.score < settled && x.weighed < maxCandidates; n++ {
		l, ok := r.next()
		if !ok {
			break
		}
		x.line(l, n)
	}
	if x.commands > 1 && x.told && x.best.score < 60 {
		x.report(60-textDoubt(v, x.first), x.first, x.last, "mail_injection/session",
			"holds several commands to a mail server, one a line")
	}
	return x.best
}

// mailPlace is what was read of a value so far.
type mailPlace struct {
	v           *value
	best        finding
	address     bool // the first line is an address
	message     bool // the first line is a header field
	short       bool // it has few lines and few bytes
	data        bool // a line begins the text of a message
	sender      bool // the line before is From:
	lines       int  // that are no field and no command
	weighed     int  // lines that were weighed
	commands    int  // commands in a row
	told        bool // one of them has arguments
	first, last int  // offsets of these commands
}

func (x *mailPlace) report(score, start, end int, rule, why string) {
	x.best = stronger(x.best, finding{score, start, end, rule, why})
}

func (x *mailPlace) line(l textLine, n int) {
	b := x.v.b[l.start:l.end]
	if c := readMailCommand(b); c != mailNone {
		x.command(c, l)
		return
	}
	if x.commands < 2 {
		x.commands, x.told = 0, false
	}
	name, text, ok := readField(b)
	switch {
	case n == 0 && !l.broken:
		x.message = ok
		x.address = len(b) < maxAddress && addressAt(b) && bytes.Count(b, []byte{' '}) < 4
	case ok:
		x.field(name, text, l)
		return
	}
	x.lines++
	x.sender = false
}

// command weighs a command to a mail server.
func (x *mailPlace) command(c mailCommand, l textLine) {
	if x.commands++; x.commands == 1 {
		x.first = l.start
	}
	x.last = l.end
	x.told = x.told || c != mailSession || bytes.IndexByte(bytes.TrimSpace(x.v.b[l.start:l.end]), ' ') > 0
	x.data = x.data || l.broken && equalFold(bytes.TrimSpace(x.v.b[l.start:l.end]), "data")
	score := 0
	switch {
	case c == mailEnd && x.data:
		score = 62
	case !l.broken:
	case c == mailServer:
		score = 58
	case c == mailEnvelope:
		score = 78
	case c == mailTagged:
		score = 68
	}
	if score > 0 {
		x.weighed++
		x.report(score-textDoubt(x.v, l.start), l.start, l.end, "mail_injection/command",
			"ends the line and begins a command to a mail server")
	}
}

// Fields of a message by what they do.
const (
	mailFieldNone   uint8 = iota
	mailFieldHidden       // a recipient that others do not see
	mailFieldTo           // a recipient
	mailFieldFrom         // a sender, who is quoted often
	mailFieldReply        // where answers and errors go
	mailFieldText         // what the message is about
	mailFieldMIME         // how the body is read
)

var mailFields = newWordTable([]wordGroup{
	{mailFieldHidden, []string{"bcc", "resent-bcc"}},
	{mailFieldTo, []string{"to", "cc", "resent-to", "resent-cc", "apparently-to"}},
	{mailFieldFrom, []string{"from", "sender"}},
	{mailFieldReply, []string{"reply-to", "return-path", "errors-to", "mail-followup-to", "disposition-notification-to", "resent-from", "return-receipt-to"}},
	{mailFieldText, []string{"subject", "message-id", "in-reply-to", "x-mailer", "x-priority", "importance"}},
	{mailFieldMIME, []string{"mime-version", "content-transfer-encoding", "content-type", "content-disposition"}},
})

const mailFieldWhy = "ends the line and begins another header field of a message"

// field weighs a header field behind a line end.
func (x *mailPlace) field(name, text []byte, l textLine) {
	class := mailFields.lookup(name)
	score := 0
	switch class {
	case mailFieldHidden:
		score = 60
	case mailFieldTo:
		score = 48
	case mailFieldFrom:
		score = 32
	case mailFieldReply:
		score = 42
	case mailFieldText:
		score = 40
	case mailFieldMIME:
		score = 40
		if containsFold(text, "multipart/") || equalFold(text, "1.0") || equalFold(text, "base64") || equalFold(text, "quoted-printable") {
			score = 60
		}
	}
	if score > 0 && class < mailFieldText && addressAt(text) {
		score += 12
	}
	if score > 0 && x.address {
		score += 14
	}
	if score > 0 {
		x.weighed++
		score -= x.doubt(class, l)
	}
	x.sender = equalFold(name, "from") || x.sender && class == mailFieldNone
	if score > 0 {
		x.report(score, l.start, l.end, "mail_injection/header", mailFieldWhy)
	}
}

// doubt is what speaks for a text that quotes a message.
func (x *mailPlace) doubt(class uint8, l textLine) int {
	doubt := textDoubt(x.v, l.start)
	if x.message && x.short {
		doubt += 8
	} else if x.message {
		doubt += 30
	}
	if x.sender && class != mailFieldHidden {
		doubt += 20
	}
	if x.lines > 1 {
		doubt += 15
	}
	return doubt
}

// maxAddress bounds the line in which addressAt looks.
const maxAddress = 254

// addressAt reports whether b holds a mail address: a name, '@', a host.
func addressAt(b []byte) bool {
	b = b[:min(len(b), maxAddress)]
	i := bytes.IndexByte(b, '@')
	if i < 1 || byteFeature[b[i-1]]&(fSpace|fLess) != 0 {
		return false
	}
	host := b[i+1:]
	n := 0
	for n < len(host) && (isAlnum(host[n]) || host[n] == '.' || host[n] == '-') {
		n++
	}
	return n > 3 && bytes.IndexByte(host[1:n-1], '.') >= 0
}

// judgeMailOptions finds options of sendmail behind an address: applications
// pass the sender to it on its command line. -X and -O make it write where
// the sender says.
func judgeMailOptions(v *value) finding {
	at := bytes.IndexByte(v.b, '@')
	if at < 0 {
		return finding{}
	}
	for i, n := 0, 0; n < maxCandidates; n++ {
		k := bytes.Index(v.b[i:], []byte(" -"))
		if k < 0 {
			return finding{}
		}
		i += k + 2
		if rest := v.b[i:]; sendmailOption(rest) {
			return finding{score: 64 - textDoubt(v, i), start: i - 1, end: min(len(v.b), i+16), rule: "mail_injection/option",
				why: "brings an option of the mail program along that writes files"}
		}
	}
	return finding{}
}

// sendmailOption reports whether b, behind its hyphen, is an option that
// names a file or a folder to write to.
func sendmailOption(b []byte) bool {
	if len(b) < 3 {
		return false
	}
	switch b[0] {
	case 'X':
		return b[1] == '/' || (b[1] == '.' || b[1] == '\'' || b[1] == '"') && bytes.IndexByte(b, '/') > 0
	case 'o':
		return b[1] == 'Q' && (b[2] == '/' || b[2] == '.')
	case 'O':
		return hasPrefixFold(b, "oqueuedirectory")
	}
	return false
}
