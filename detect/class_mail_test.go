package detect

import (
	"strings"
	"testing"
)

func TestMailCaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, MailInjection, kindParam, s) }
	// The three of the class file.
	f("anna@mail.example\nBcc: a@list.example, b@list.example")
	f("x>\r\nRCPT TO:<bob@mail.example>")
	f("INBOX\"\r\nA7 FETCH 1:* (BODY[])")
	// Header fields of each kind.
	f("anna@mail.example\r\nCc: bob@mail.example")
	f("anna@mail.example\nTo:bob@mail.example")
	f("anna@mail.example\nSubject: cheap watches\n\nbuy now")
	f("anna@mail.example\nReply-To: c@d.example")
	f("Hello\nBcc: bob@mail.example")
	f("Hello\r\nTo: bob@mail.example")
	f("x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b")
	f("\nBcc:a@b.example")
	f("Anna <anna@mail.example>\rbcc: x@y.example")
	// Commands.
	f("\r\nMAIL FROM: <a@b.example>")
	f("a\nrcpt to: c@d.example\n")
	f("text\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nhi\r\n.\r\nQUIT")
	f("1\r\nA001 LOGIN anna secret")
	f("1 BODY[TEXT]\r\nT4 LOGOUT")
	f("x\r\nZ9 UID FETCH 1:* (FLAGS)")
	f("x\r\nq1 LIST \"\" \"*\"")
	f("anna\r\nPASS x\r\nSTAT\r\nRETR 1\r\nQUIT")
	f("1\r\nDATA\r\nhello\r\n.\r\n")
	f("1\r\nVRFY root")
	f("1\nehlo h.example")
	f("From:a@b.example\nTo:c@d.example")
	f("Bcc: a@b.example\r\nTo: c@d.example")
	// Options of the program that sends.
	f("a@b.example -OQueueDirectory=/tmp -X/srv/www/a.php")
	f("\"a\\\" -oQ/tmp/ -X./a.php b\"@c.example")
	f("T1 CAPABILITY\r\nT2 FETCH 4")
}

func TestMailClean(t *testing.T) {
	f := func(s string) { t.Helper(); wantClean(t, MailInjection, kindParam, s) }
	// The three of the class file.
	f("Hi Bob,\n\nTo: the team\nfrom all of us")
	f("FYI\nFrom: Anna <anna@mail.example>\nDate: Monday\nTo: Bob <bob@mail.example>")
	f("A1 milk\nA2 bread\nselect one")
	// Forms and messages as text.
	f("Name: Anna\nFrom: York\nTo: Leeds\nSubject: trains")
	f("From: anna@mail.example\r\nTo: bob@mail.example\r\nSubject: hi\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed\r\n\r\nhi")
	f("Thanks!\n\nOn Monday, Anna Berg <anna@mail.example> wrote:\n> To: bob@mail.example\n> hello\n")
	f("Agenda\nSubject: lunch\nFrom: noon\nTo: one")
	f("data\nlist\nquit smoking")
	f("Chess\nB2 move to C3\nA1 close to H8")
	f("user\npass\nlist of things")
	f("A1 check\nB2 close\nC3 delete this")
	f("hi\nhelo there\nsee you")
	f("the data\ndata\n...\nmore of it")
	f("write to a@b.example - or call us - at any hour / day")
	f("curl -X/ http://h.example -o Q")
	f(strings.Repeat("A client talks to the server in lines of text. ", 8) + "\nMAIL FROM:<a@b.example>\nRCPT TO:<c@d.example>\n")
}

func TestMailVariants(t *testing.T) {
	wantVariants(t, MailInjection, kindParam, []string{"anna@mail.example\r\nBcc: bob@mail.example", "x\r\nRCPT TO:<bob@mail.example>", "x\r\nA7 FETCH 1:* BODY[]", "\r\nMAIL FROM:<a@b.example>"}, []change{
		{"upper", strings.ToUpper}, {"lower", strings.ToLower}, {"LF", replacer("\r\n", "\n")}, {"CR", replacer("\r\n", "\r")},
		{"blank", replacer(":<", ": <")}, {"blanks", replacer(" ", "  ")}, {"blank lines", replacer("\r\n", "\r\n\r\n")},
		{"more", func(s string) string { return s + "\r\nand more of it" }}, {"cc", replacer("Bcc", "Cc")}, {"no brackets", func(s string) string { return strings.NewReplacer("<", "", ">", "").Replace(s) }},
	})
}
