package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// checkConsole walks the pages as a browser does, without scripts.
func (c *checker) checkConsole() {
	c.check("the sign-in page shows brand and support address", func() error {
		body, err := c.page(&http.Client{Timeout: 5 * time.Second}, "/sign-in", http.StatusOK)
		if err == nil && (!strings.Contains(body, brand.Name) || !strings.Contains(body, brand.Support)) {
			err = errors.New("it does not")
		}
		return err
	})
	c.check("the console shows a tenant's user his attack, the payload marked", c.browse)
}

func (c *checker) browse() error {
	p, other := c.place("shop-prod"), c.place("acme")
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	b := &http.Client{Timeout: 5 * time.Second, Jar: jar}
	defer b.CloseIdleConnections()
	res, err := b.PostForm(c.apiURL+"/sign-in", url.Values{"email": {p.Email}, "password": {c.password}})
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != "/t/"+p.ID+"/attacks" {
		return fmt.Errorf("signing in leads to %s with status %d", res.Request.URL.Path, res.StatusCode)
	}
	body, err := c.page(b, "/t/"+p.ID+"/incident?id="+url.QueryEscape(c.incident), http.StatusOK)
	if err != nil {
		return err
	}
	if !strings.Contains(body, "<mark>") || !strings.Contains(body, c.incident) {
		return errors.New("the page of the hit lacks the mark or the incident")
	}
	foreign, err := c.page(b, "/t/"+other.ID+"/attacks", http.StatusNotFound)
	if err != nil {
		return err
	}
	missing, err := c.page(b, "/nowhere", http.StatusNotFound)
	if err == nil && missing != foreign {
		err = errors.New("the page for a foreign tenant differs from that for a missing thing")
	}
	return err
}

// page gets a page of the console.
func (c *checker) page(b *http.Client, path string, want int) (string, error) {
	return getPage(c.ctx, b, c.apiURL+path, want)
}

func getPage(ctx context.Context, b *http.Client, link string, want int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", err
	}
	res, err := b.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return "", fmt.Errorf("%s: status %d, want %d", link, res.StatusCode, want)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return string(body), err
}
