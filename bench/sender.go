package bench

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Sender sends raw requests over one keep-alive connection to a node. It is
// not safe for concurrent use.
type Sender struct {
	Address string        // host:port
	Timeout time.Duration // of a whole exchange
	conn    net.Conn
	br      *bufio.Reader
}

// Answer is what a node answered to one request.
type Answer struct {
	Status   int
	Incident string // of a block page
}

// refusals are the statuses by which the HTTP gate refuses.
var refusals = map[int]bool{400: true, 405: true, 408: true, 411: true, 413: true, 414: true,
	415: true, 417: true, 421: true, 431: true, 501: true, 505: true}

// Outcome reads the answer: a 403 with an incident was stopped by the
// detector, the gate's statuses are refusals, all else passed. The backend
// behind the node must not answer with those itself.
func (a Answer) Outcome() Outcome {
	switch {
	case a.Status == http.StatusForbidden && a.Incident != "":
		return Stopped
	case refusals[a.Status]:
		return Refused
	}
	return Passed
}

// Send sends raw and reads the answer whole. A failure on a connection that
// was used before is tried once more on a fresh one: an idle connection may
// be closed at any time and says nothing about the request.
func (s *Sender) Send(raw []byte) (Answer, error) {
	reused := s.conn != nil
	a, err := s.try(raw)
	if err != nil && reused {
		a, err = s.try(raw)
	}
	return a, err
}

// Close closes the connection, if there is one.
func (s *Sender) Close() {
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
}

func (s *Sender) try(raw []byte) (a Answer, err error) {
	if s.conn == nil {
		if s.conn, err = net.DialTimeout("tcp", s.Address, s.Timeout); err != nil {
			s.conn = nil
			return a, err
		}
		s.br = bufio.NewReaderSize(s.conn, 8<<10)
	}
	conn := s.conn
	conn.SetDeadline(time.Now().Add(s.Timeout))
	// A node may answer before it has read all: write and read side by side.
	written := make(chan error, 1)
	go func() { _, err := conn.Write(raw); written <- err }()
	resp, err := s.read(raw)
	if err != nil {
		s.Close()
		return a, errors.Join(err, <-written)
	}
	a = Answer{Status: resp.StatusCode, Incident: resp.Header.Get("X-Incident-ID")}
	_, err = io.Copy(io.Discard, resp.Body)
	if resp.Close || err != nil {
		s.Close()
	}
	if werr := <-written; werr != nil {
		s.Close()
	}
	return a, nil
}

func (s *Sender) read(raw []byte) (*http.Response, error) {
	method, _, _ := strings.Cut(string(raw[:min(len(raw), 32)]), " ")
	for {
		resp, err := http.ReadResponse(s.br, &http.Request{Method: method})
		if err != nil || resp.StatusCode >= 200 || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, err
		}
	}
}
