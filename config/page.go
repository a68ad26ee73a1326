package config

import (
	"fmt"
	"os"
	"slices"

	"weir/tenant"
)

// pages appends what [[tenant.block_page]] says to dst.
func (s *scope) pages(dst []*tenant.BlockPage, tables []blockPage) []*tenant.BlockPage {
	dst = slices.Clip(dst)
	for i := range tables {
		f := &tables[i]
		p := &tenant.BlockPage{For: f.For}
		if f.Status != nil {
			if p.Status = *f.Status; p.Status < 200 || p.Status > 599 {
				s.report(f.At.at("status"), "status", "status: %d is not between 200 and 599", p.Status)
			}
		}
		switch {
		case f.HTML == "" && f.JSON == "" && f.Redirect == "":
			s.report(f.At, "html", "no html, json or redirect in [[block_page]]")
		case f.Redirect != "" && f.HTML+f.JSON != "":
			s.report(f.At.at("redirect"), "redirect", "redirect: and html or json exclude each other")
		case f.Redirect != "":
			s.check(f.At, "redirect", p.SetRedirect(f.Redirect))
		}
		s.template(f.At, "html", f.HTML, p.SetHTML)
		s.template(f.At, "json", f.JSON, p.SetJSON)
		dst = append(dst, p)
	}
	return dst
}

// template reads a file and compiles it.
func (s *scope) template(at *place, key, name string, set func(string) error) {
	if name == "" {
		return
	}
	name = s.path(name)
	s.lists = append(s.lists, name)
	b, err := os.ReadFile(name)
	switch {
	case err != nil:
		err = fmt.Errorf("cannot read %q: %w", name, cause(err))
	case len(b) > tenant.MaxPage:
		err = fmt.Errorf("%q has %d bytes, %d at most", name, len(b), tenant.MaxPage)
	default:
		if err = set(string(b)); err != nil {
			err = fmt.Errorf("%s: %w", name, err)
		}
	}
	if err != nil {
		s.report(at.at(key), key, "%s: %s", key, err)
	}
}
