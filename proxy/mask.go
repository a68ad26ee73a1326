package proxy

import (
	"bytes"

	"weir/detect"
	"weir/tenant/wire"
)

// Masking works on names: the value of a field whose name says that it is
// secret is replaced before anything leaves the handler. Where a value cannot
// be told from its surroundings, the surroundings are masked too.

// secretParts are found anywhere in a name folded to letters and digits,
// secretNames are the whole of it.
var (
	secretParts = []string{"password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey",
		"accesskey", "privatekey", "credential", "sessionid", "sessid", "creditcard", "cardnumber", "cardno",
		"ccnum", "cvv", "cvc", "authorization", "onetime", "signature", "passwort", "contrasena"}
	secretNames = []string{"pass", "auth", "session", "sid", "jwt", "pin", "otp", "pan", "card", "ssn", "iban", "cookie", "code2fa"}
)

// maxName bounds the name that is looked at, in bytes.
const maxName = 128

// isSecret reports whether name says that its value is secret.
func isSecret(name []byte) bool {
	var buf [maxName]byte
	n := 0
	for i := 0; i < len(name) && n < maxName; i++ {
		c := name[i]
		if c == '%' && i+2 < len(name) {
			hi, ok1 := hexDigit(name[i+1])
			lo, ok2 := hexDigit(name[i+2])
			if ok1 && ok2 {
				c = hi<<4 | lo
				i += 2
			}
		}
		if f := foldName[c]; f >= 'a' && f <= 'z' || f >= '0' && f <= '9' {
			buf[n] = f
			n++
		}
	}
	for _, p := range secretParts {
		if bytes.Contains(buf[:n], []byte(p)) {
			return true
		}
	}
	for _, w := range secretNames {
		if string(buf[:n]) == w {
			return true
		}
	}
	return false
}

// secretPoint reports whether any name on the way to a value is secret.
func secretPoint(p *detect.Point) bool {
	for i := range min(p.Len(), detect.MaxSteps) {
		st := p.At(i)
		if st.Kind == detect.StepCookie || len(st.Name) > 0 && isSecret(st.Name) {
			return true
		}
	}
	return false
}

// secretsOf lists the secret spans of the copy r of x's request.
func secretsOf(x *exchange, r *rawRequest) []wire.Span {
	m := masker{b: r.b}
	if i := bytes.IndexByte(r.b[r.target:r.end], '?'); i >= 0 {
		m.pairs(r.target+i+1, r.end, '&')
	}
	encoded := false
	for i, f := range x.head.fields {
		name := x.head.headers[i].Name
		from, to := r.values[i], r.values[i]+len(x.head.headers[i].Value)
		switch {
		case f == fieldCookie:
			m.cookies(from, to)
		case f == fieldAuthorization || isSecret(name):
			m.add(from, to)
		default:
			m.url(from, to)
		}
		encoded = encoded || foldIs(name, "content-encoding")
	}
	if encoded {
		m.add(r.body, len(r.b)) // names cannot be seen
		return m.spans
	}
	m.body(r.body, x.head.value(fieldContentType))
	return m.spans
}

// masker gathers secret spans of b.
type masker struct {
	b     []byte
	spans []wire.Span
}

func (m *masker) add(from, to int) {
	if from < to {
		m.spans = append(m.spans, wire.Span{From: from, To: to})
	}
}

// pairs looks at name=value pairs of a query or form.
func (m *masker) pairs(from, to int, sep byte) {
	for from < to {
		end := to
		if i := bytes.IndexByte(m.b[from:to], sep); i >= 0 {
			end = from + i
		}
		if i := bytes.IndexByte(m.b[from:end], '='); i >= 0 && isSecret(m.b[from:from+i]) {
			m.add(from+i+1, end)
		}
		from = end + 1
	}
}

// cookies masks every value and keeps the names.
func (m *masker) cookies(from, to int) {
	for from < to {
		end := to
		if i := bytes.IndexByte(m.b[from:to], ';'); i >= 0 {
			end = from + i
		}
		start := from
		if i := bytes.IndexByte(m.b[from:end], '='); i >= 0 {
			start = from + i + 1
		}
		m.add(start, end)
		from = end + 1
	}
}

// url looks at the query of a URL in a header, as of Referer.
func (m *masker) url(from, to int) {
	if i := bytes.IndexByte(m.b[from:to], '?'); i >= 0 {
		m.pairs(from+i+1, to, '&')
	}
}

// body looks at forms, multipart, JSON and XML. What it is called matters
// little: every reading that fits is tried.
func (m *masker) body(from int, contentType []byte) {
	if from == len(m.b) {
		return
	}
	if boundary := boundaryOf(contentType); boundary != nil {
		m.multipart(from, boundary)
		return
	}
	m.pairs(from, len(m.b), '&')
	m.json(from)
	m.xml(from)
}

// boundaryOf returns the boundary of a multipart content type, nil without
// one.
func boundaryOf(contentType []byte) []byte {
	_, b, ok := bytes.Cut(contentType, []byte("boundary="))
	if !ok {
		return nil
	}
	if i := bytes.IndexByte(b, ';'); i >= 0 {
		b = b[:i]
	}
	b = bytes.Trim(b, "\" \t")
	if len(b) == 0 {
		return nil
	}
	return b
}

// multipart masks the parts whose header names a secret.
func (m *masker) multipart(from int, boundary []byte) {
	for from < len(m.b) {
		i := bytes.Index(m.b[from:], boundary)
		if i < 0 {
			return
		}
		from += i + len(boundary)
		end := len(m.b)
		if i := bytes.Index(m.b[from:], boundary); i >= 0 {
			end = from + i
		}
		m.part(from, end)
	}
}

func (m *masker) part(from, to int) {
	b := m.b[from:to]
	skip := 4
	i := bytes.Index(b, []byte("\r\n\r\n"))
	if i < 0 {
		skip = 2
		if i = bytes.Index(b, []byte("\n\n")); i < 0 {
			return
		}
	}
	_, name, ok := bytes.Cut(b[:i], []byte("name="))
	if !ok {
		return
	}
	if j := bytes.IndexAny(name, ";\r\n"); j >= 0 {
		name = name[:j]
	}
	if isSecret(name) {
		m.add(from+i+skip, to)
		return
	}
	sub := masker{b: m.b[:to]}
	sub.json(from + i + skip)
	m.spans = append(m.spans, sub.spans...)
}
