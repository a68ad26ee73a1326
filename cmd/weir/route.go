package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"weir/config"
	"weir/tenant"
)

// routeAnswer says where a request belongs and why.
type routeAnswer struct {
	Status      int        `json:"status"` // 0: served; else the node's own answer
	Why         string     `json:"why"`
	Host        string     `json:"host"`
	Path        string     `json:"path"`
	Tenant      string     `json:"tenant,omitempty"`
	Name        string     `json:"name,omitempty"`
	Site        *routePart `json:"site,omitempty"`
	Route       *routePart `json:"route,omitempty"`
	Application int        `json:"application,omitempty"`
	Upstreams   []string   `json:"upstreams,omitempty"`
	Mode        string     `json:"mode,omitempty"`
	LocalMode   string     `json:"local_mode,omitempty"`
	CloudMode   string     `json:"cloud_mode,omitempty"`
	ModeSource  string     `json:"mode_source,omitempty"`
}

// routePart is a piece of the configuration that applied.
type routePart struct {
	What string `json:"what"`
	File string `json:"file"`
	Line int    `json:"line"`
}

func newRoute() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "route URL",
		Short: "Say which tenant, site, route and mode a request meets, and why",
		Args:  cobra.ExactArgs(1),
	}
	file := configFlag(cmd)
	out := outputFlag(cmd, "human")
	headers := cmd.Flags().StringArrayP("header", "H", nil, "a header of the request, \"Name: value\"")
	peer := cmd.Flags().String("peer", "127.0.0.1", "address that the request comes from")
	listener := cmd.Flags().String("listener", "", "address of the listener it arrives at (default: the first)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		node, problems := config.Load(*file, nil)
		if node == nil {
			return failed(exitConfig, problems)
		}
		r, err := parseRouted(args[0], *headers, *peer)
		if err != nil {
			return failed(exitUsage, err)
		}
		a, err := locate(node, r, *listener)
		if err != nil {
			return failed(exitConfig, err)
		}
		if *out == "json" {
			return json.NewEncoder(cmd.OutOrStdout()).Encode(a)
		}
		return a.print(cmd.OutOrStdout())
	}
	return cmd
}

// routed is the part of a request that routing looks at.
type routed struct {
	host, target string
	headers      map[string]string // names lower case
	peer         netip.Addr
}

func parseRouted(raw string, headers []string, peer string) (r routed, err error) {
	if !strings.Contains(raw, "://") {
		raw = "http://" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return r, fmt.Errorf("bad URL %q, want http://host/path", raw)
	}
	_, rest, _ := strings.Cut(raw, "://")
	r.host, r.target = u.Host, "/"
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		r.target = rest[i:]
	}
	r.headers = map[string]string{}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok {
			return r, fmt.Errorf("bad header %q, want \"Name: value\"", h)
		}
		r.headers[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	if h, ok := r.headers["host"]; ok {
		r.host = h
	}
	r.peer, err = netip.ParseAddr(peer)
	return r, err
}

// locate does what the node does, with a word about each decision.
func locate(node *config.Node, r routed, address string) (*routeAnswer, error) {
	table, errs := tenant.Build(node.Tenants, nil, nil)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	a := &routeAnswer{Host: r.host, Path: string(tenant.AppendPath(nil, []byte(r.target)))}
	host, err := tenant.CanonicalHost(nil, []byte(r.host))
	if err != nil {
		a.Status, a.Why = 400, err.Error()
		return a, nil
	}
	a.Host = string(host)
	id, believed, refused := identify(node, r)
	if refused != "" {
		a.Status, a.Why = 421, refused
		return a, nil
	}
	p, ok := table.Lookup(host, id, believed, []byte(a.Path))
	switch {
	case ok && believed:
		a.Why = fmt.Sprintf("header %s, believed from %s", node.Identify.Header, r.peer)
	case ok:
		a.Why = "host " + a.Host
	case believed:
		a.Status, a.Why = 421, fmt.Sprintf("no tenant %s, which header %s names", id, node.Identify.Header)
	default:
		p, ok = byDefault(node, table, address, host, a)
	}
	if ok {
		a.fill(p, r.target)
	}
	return a, nil
}

func identify(node *config.Node, r routed) (id tenant.ID, believed bool, refused string) {
	value, sent := r.headers[strings.ToLower(node.Identify.Header)]
	if node.Identify.Header == "" || !sent || !tenant.NewPeers(node.Identify.Trusted).Trusts(r.peer) {
		return id, false, ""
	}
	id, err := tenant.ParseID(value)
	if err != nil {
		return id, false, fmt.Sprintf("header %s: %v", node.Identify.Header, err)
	}
	return id, true, ""
}

func byDefault(node *config.Node, table *tenant.Table, address string, host []byte, a *routeAnswer) (tenant.Place, bool) {
	for i, l := range node.Listeners {
		if address != "" && l.Address != address || address == "" && i > 0 {
			continue
		}
		if l.DefaultTenant != nil {
			a.Why = "no tenant has the host; default_tenant of listener " + l.Address
			return table.Default(*l.DefaultTenant, host, []byte(a.Path))
		}
	}
	a.Status, a.Why = 421, "no tenant has host "+a.Host
	return tenant.Place{}, false
}

func (a *routeAnswer) fill(p tenant.Place, target string) {
	t := p.Tenant
	a.Tenant, a.Name = t.ID.String(), t.Name
	switch {
	case t.Broken != nil:
		a.Status, a.Why = 503, t.Broken.Error()
		return
	case t.Rejects():
		a.Status, a.Why = 503, "the tenant is deactivated"
		return
	case p.Shared && !tenant.PathIsPlain([]byte(target)):
		a.Status, a.Why = 400, "tenants share the host, and the path has more than one reading"
		return
	}
	what := strings.Join(p.Site.Hosts, ", ") + p.Site.Path
	a.Site = &routePart{what, t.File, p.Site.Line}
	if p.Route != nil {
		a.Route = &routePart{p.Route.Path, t.File, p.Route.Line}
	}
	for _, u := range p.Site.Upstreams {
		a.Upstreams = append(a.Upstreams, u.Scheme+"://"+u.Address)
	}
	a.Application = p.Application
	a.Mode, a.LocalMode, a.CloudMode = p.Mode.Final.String(), p.Mode.Local.String(), p.Mode.Cloud.String()
	a.ModeSource = p.Mode.Source.String()
}

func (a *routeAnswer) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
		}
	}
	if a.Status != 0 {
		line("answer", fmt.Sprint(a.Status))
	}
	line("host", a.Host)
	line("path", a.Path)
	if a.Tenant != "" {
		line("tenant", a.Name+" "+a.Tenant)
	}
	line("why", a.Why)
	line("site", a.Site.String())
	line("route", a.Route.String())
	if a.Application != 0 {
		line("application", fmt.Sprint(a.Application))
	}
	line("upstreams", strings.Join(a.Upstreams, ", "))
	if a.Mode != "" {
		line("mode", fmt.Sprintf("%s, from the %s (local %s, cloud %s)", a.Mode, a.ModeSource, a.LocalMode, a.CloudMode))
	}
	return t.Flush()
}

// String is what, file and line; "" for nil.
func (p *routePart) String() string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s:%d)", p.What, p.File, p.Line)
}
