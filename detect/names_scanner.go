package detect

// Names of tools that look for holes, as they give them in User-Agent. Tools
// that also serve everyday work (curl, libraries, browsers without a window,
// crawlers, monitors) are none of them.

const (
	scannerTool  uint8 = 1 + iota // in the User-Agent of no other product
	scannerFirst                  // first word of a name in scannerPhrases
)

var scannerNames = newWordTable([]wordGroup{
	{scannerTool, []string{
		"sqlmap", "nikto", "nessus", "nasl", "openvas", "openvasvt", "masscan", "zgrab", "nuclei", "wpscan", "dirbuster", "gobuster",
		"feroxbuster", "ffuf", "wfuzz", "acunetix", "wvs", "awvs", "netsparker", "invicti", "w3af", "arachni", "havij", "jaeles",
		"jorgee", "zmeu", "webinspect", "appscan", "whatweb", "commix", "xsser", "fimap", "dirsearch", "cgichk", "skipfish",
		"sqlninja", "nsauditor", "l9explore", "l9tcpid", "zaproxy", "wapiti", "joomscan", "droopescan", "cmsmap", "whatwaf",
		"wafw00f", "dalfox", "httprobe", "kiterunner", "tplmap", "nosqlmap", "grendel-scan", "webshag", "uniscan", "bsqlbf",
		"sqlsus", "dotdotpwn", "mysqloit", "n-stealth", "libwhisker", "webvulnscan", "xspider", "gootkit", "muieblackcat", "sysscan",
		"zgrab2", "nmap", "crawlergo", "hakrawler", "interactsh", "testssl", "sslyze", "gotestwaf", "owasp-zap", "bfac", "golismero",
		"vbscan", "wpforce", "xsstrike", "appspider", "qualysguard", "projectdiscovery", "burpcollaborator", "sqlmate", "jsql",
		"rustbuster", "dirstalk", "tsunamisecurityscanner", "sqlscan", "morfeus", "whisker", "paros",
	}},
	{scannerFirst, []string{"fuzz", "burp", "hydra", "web", "vulnerability", "security", "domino", "webtrends"}},
})

// scannerPhrases are names of several words.
var scannerPhrases = [...]string{
	"fuzz faster u fool", "burp suite", "hydra)", "web application security scan", "vulnerability scan", "security scanner",
	"domino hunter", "webtrends security analyzer",
}

// probePaths are beginnings of segments that scanners ask for to learn how a
// server answers to what cannot be there.
var probePaths = [...]string{
	"/nice ports,", "/trinity.txt.bak", "/acunetix-wvs-test", "/nessus_is_probing", "/w00tw00t.at.", "/nmaplowercheck",
	"/nmap/folder/check", "/netsparker-", "/nikto-test-", "/openvas-", "/appscan_fingerprint", "/muieblackcat", "/rfiinc.txt",
	"/sqlmap_test", "/burpcollab",
}

// probeHeaders are fields that only scanners send.
var probeHeaders = newWordTable([]wordGroup{{1, []string{
	"acunetix-aspect", "acunetix-aspect-password", "acunetix-aspect-queries", "acunetix-product", "acunetix-scanning-agreement",
	"acunetix-user-agreement", "x-scan-memo", "x-request-memo", "x-requestmanager-memo", "x-wipp", "x-wvs-id",
	"x-netsparker-scan-group", "x-zap-scan-id", "x-arachni-scan-seed",
}}})
