package detect

// Names of hosts, schemes and parameters, by what they say about a URL.

const (
	hostLocal    uint8 = 1 + iota // the usual name of the host itself
	hostAlias                     // other names of it, used to pass a filter
	hostMetadata                  // where clouds and clusters answer only from inside
	hostCarrier                   // resolves to the address that the name carries
	hostListener                  // listens for proofs that a server came
)

// hostNames are whole names, or ends of names behind a dot.
var hostNames = newWordTable([]wordGroup{
	{hostLocal, []string{"localhost"}},
	{hostAlias, []string{
		"localhost.localdomain", "localdomain", "localhost4", "localhost6", "localhost4.localdomain4",
		"localhost6.localdomain6", "ip6-localhost", "ip6-loopback", "ipv6-localhost", "ip6-allnodes", "loopback",
		"localtest.me", "lvh.me", "vcap.me", "lacolhost.com", "localho.st", "localh.st", "local.test", "yoogle.com", "fuf.me",
	}},
	{hostMetadata, []string{
		"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal",
		"metadata.tencentyun.com", "metadata.packet.net", "metadata.platformequinix.com", "rancher-metadata", "rancher.internal",
		"kubernetes.default", "kubernetes.default.svc", "cluster.local", "docker.internal", "kubernetes", "service.consul", "metadata.azure.internal",
	}},
	{hostCarrier, []string{"nip.io", "sslip.io", "xip.io", "rbndr.us", "1u.ms", "traefik.me", "backname.io", "ip.addr.tools"}},
	{hostListener, []string{
		"burpcollaborator.net", "oastify.com", "interact.sh", "interactsh.com", "oast.pro", "oast.live", "oast.site",
		"oast.online", "oast.fun", "oast.me", "dnslog.cn", "ceye.io", "bxss.me", "dnslog.link", "canarytokens.com", "dns.outbound.watchtowr.com",
	}},
})

// hostClass returns what h, or an end of it, is known for.
func hostClass(h []byte) uint8 {
	for i := 0; ; {
		if c := hostNames.lookup(h[i:]); c != 0 {
			return c
		}
		for i < len(h) && h[i] != '.' {
			i++
		}
		if i++; i >= len(h) {
			return 0
		}
	}
}

const (
	schemeWeb   uint8 = 1 + iota // http, https
	schemeRaw                    // lets a client speak to any port, or open a file
	schemeOther                  // fetched by some clients, rarely by pages
)

var urlSchemes = newWordTable([]wordGroup{
	{schemeWeb, []string{"http", "https"}},
	{schemeRaw, []string{"gopher", "gophers", "dict", "tftp", "netdoc", "jar"}},
	{schemeOther, []string{"sftp", "ldap", "ldaps", "ldapi", "ftp", "ftps", "smb", "smbs", "imap", "imaps", "pop3", "rtsp",
		"rtmp", "telnet", "scp", "rsync", "file", "url", "finger", "nfs"}},
})

const (
	fieldPage  uint8 = 1 + iota // says where a browser is, was or goes: it may be anywhere
	fieldFetch                  // what a server fetches
)

// urlFields are names of parameters that hold URLs.
var urlFields = newWordTable([]wordGroup{
	{fieldPage, []string{
		"origin", "referrer", "referer", "ref", "refurl", "ref_url", "dl", "dr", "href", "location", "page", "pageurl",
		"page_url", "accessurl", "from", "fromurl", "redirect", "redirect_uri", "redirect_url", "redirecturi",
		"redirecturl", "redirect_uris", "redirecturis", "redir", "callback", "callback_url", "callbackurl", "return",
		"returnurl", "return_url", "returnto", "return_to", "returnuri", "service", "continue", "next", "goto", "back", "backurl",
		"post_logout_redirect_uri", "web_origins", "weborigins", "allowed_origins", "success_url", "cancel_url", "logout",
		"rurl", "r_url", "dest", "destination", "forward", "checkout_url", "successurl", "jump", "jumpurl", "returnpath",
		"documenturl", "document_url", "currenturl", "current_url", "pagelocation", "landing", "landing_page", "baseurl",
		"base_url", "homepage", "website", "siteurl", "site_url", "audience", "aud", "iss", "issuer", "realm",
	}},
	{fieldFetch, []string{
		"url", "uri", "src", "source", "target", "host", "server", "endpoint", "proxy", "fetch", "feed", "load",
		"webhook", "webhook_url", "image_url", "imageurl", "img", "domain", "site", "path", "ssrf", "dest_url", "remote",
	}},
})
