package detect

import (
	"strings"
	"testing"
)

func TestScannerAgents(t *testing.T) {
	for _, in := range []string{
		"sqlmap/1.8#stable (https://sqlmap.example)", "Mozilla/5.0 (compatible; Nmap Scripting Engine; +https://x)", "NIKTO", "Nuclei - a scanner",
		"Mozilla/5.0 zgrab/0.x", "Fuzz Faster U Fool v2.1.0", "Mozilla/4.0 (Hydra)", "x.nasl", "OpenVAS-VT 22", "Acunetix-Product", "gobuster/3.6", "Mozilla/5.0 (Burp Suite)",
	} {
		for _, s := range []string{in, strings.ToUpper(in), strings.ToLower(in), in + "'"} {
			mustFind(t, Scanner, kindUA, s)
		}
		mustPass(t, Scanner, kindParam, in)
	}
	for _, in := range []string{
		"curl/8.5.0", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "python-requests/2.32.3", "Go-http-client/2.0",
		"Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0", "Wget/1.21", "okhttp/4.12", "PostmanRuntime/7.39", "UptimeRobot/2.0",
		"HeadlessChrome/120", "Barcode Scanner/3.1", "WebKit", "Web/1.0", "HydraLauncher/2", "Security Camera Viewer/2", "Nagios", "masscanner", "", "-",
	} {
		mustPass(t, Scanner, kindUA, in)
	}
}

func TestScannerProbes(t *testing.T) {
	for _, in := range []string{"/nmaplowercheck1700000000", "/nice ports,/Trinity.txt.bak", "/a/Acunetix-WVS-test-for-x"} {
		mustFind(t, Scanner, kindPath, in)
	}
	for _, in := range []string{"/blog/nmap-tutorial", "/docs/nikto", "/w", "/backup.zip", "/.env.bak"} {
		mustPass(t, Scanner, kindPath, in)
	}
	m := inspect(t, Options{}, "GET /\nX-Scan-Memo: 1\n\n")
	if len(m) != 1 || m[0].Class != Scanner || m[0].Point.String() != "[header X-Scan-Memo]" {
		t.Errorf("got %v", m)
	}
	m = inspect(t, Options{}, "GET /\nUser-Agent: nikto\n\n")
	if len(m) != 1 || m[0].Class != Scanner || m[0].Point.String() != "[header User-Agent]" {
		t.Errorf("the name alone: got %v", m)
	}
	if m := inspect(t, Options{}, "GET /?x-scan-memo=1\nX-Request-ID: 1\nAccept: */*\n\n"); len(m) > 0 {
		t.Errorf("got %v", m)
	}
}
