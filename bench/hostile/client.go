package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"
)

// serve is the backend: the length of the body, and a large answer for /large. It prints its
// address.
func serve() error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(ln.Addr())
	block := make([]byte, 64<<10)
	http.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) {
		for range 64 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		fmt.Fprint(w, n)
	})
	return http.Serve(ln, nil)
}

// upload sends a body of n bytes in chunks.
func upload(address string, n int64) error {
	req, err := http.NewRequest("POST", "http://"+address+"/", io.LimitReader(zeros{}, n))
	if err != nil {
		return err
	}
	req.Host = "acme.example"
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if b, err := io.ReadAll(resp.Body); err != nil || string(b) != fmt.Sprint(n) {
		return fmt.Errorf("upload got %s %q, %v", resp.Status, b, err)
	}
	return nil
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// greedy opens connections that declare much and send a byte, and holds them.
func greedy(address string, count int) error {
	conns := make([]net.Conn, count)
	for i := range conns {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		conns[i] = c
		if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: acme.example\r\nContent-Length: 4194304\r\n\r\nx"); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin) // until the parent is done
	return err
}

// slow keeps count connections busy at next to nothing: of ten, five send
// their header byte by byte, four their body, one reads a large answer so.
// One that the node cuts is opened again.
func slow(address string, count int) error {
	var opened sync.WaitGroup
	opened.Add(count)
	for i := range count {
		go func() {
			first := true
			for {
				drip(address, i, func() {
					if first {
						opened.Done()
						first = false
					}
				})
				time.Sleep(time.Second)
			}
		}()
		time.Sleep(200 * time.Microsecond)
	}
	opened.Wait()
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// drip is one slow connection, until it is cut.
func drip(address string, kind int, open func()) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer c.Close()
	defer open()
	start, more := "GET / HTTP/1.1\r\nHost: acme.example\r\nX: ", "y"
	switch kind % 10 {
	case 0:
		start, more = "GET /large HTTP/1.1\r\nHost: acme.example\r\n\r\n", ""
	case 1, 3, 5, 7:
		start = "POST / HTTP/1.1\r\nHost: acme.example\r\nContent-Length: 4194304\r\n\r\n"
	}
	if _, err := io.WriteString(c, start); err != nil {
		return
	}
	open()
	for b := make([]byte, 1); err == nil; {
		time.Sleep(2 * time.Second)
		if more != "" {
			_, err = io.WriteString(c, more)
		} else {
			_, err = c.Read(b)
		}
	}
}
