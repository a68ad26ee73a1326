package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"
)

// ReadSeeds reads requests kept as text: a txtar archive whose members are
// named class/what and hold one request each. Heads get CRLF line ends and a
// Content-Length; bodies of multipart requests get CRLF, too, other bodies
// are taken as they stand without their last line end. label is the label of
// all.
func ReadSeeds(file, label string) ([]Record, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read requests: %w", err)
	}
	var out []Record
	for _, m := range txtar.Parse(data).Files {
		class, what, ok := strings.Cut(m.Name, "/")
		if !ok {
			return nil, fmt.Errorf("cannot read requests %q: member %q, want class/what", file, m.Name)
		}
		pos, _, _ := strings.Cut(what, "/")
		out = append(out, Record{ID: m.Name, Source: "own", Class: class, Label: label,
			Tier: "core", Pos: pos, Raw: seed(m.Data)})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("cannot read requests %q: no member", file)
	}
	return out, nil
}

func seed(text []byte) []byte {
	head, body, _ := bytes.Cut(text, []byte("\n\n"))
	body = bytes.TrimSuffix(body, []byte("\n"))
	if bytes.Contains(head, []byte("multipart/")) {
		body = bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))
	}
	var out bytes.Buffer
	out.Write(bytes.ReplaceAll(bytes.TrimRight(head, "\n"), []byte("\n"), []byte("\r\n")))
	if len(body) > 0 {
		out.WriteString("\r\nContent-Length: " + strconv.Itoa(len(body)))
	}
	out.WriteString("\r\n\r\n")
	out.Write(body)
	return out.Bytes()
}
