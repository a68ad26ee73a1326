package console

// word is a code of the API with the words for it.
type word struct{ Code, Name string }

// attackClasses are the kinds of attack that virtual patches may name.
var attackClasses = []word{
	{"sqli", "SQL injection"},
	{"nosqli", "NoSQL injection"},
	{"xss", "Cross-site scripting"},
	{"rce", "Command injection"},
	{"ptrav", "Path traversal"},
	{"xxe", "XML external entity"},
	{"ssti", "Template injection"},
	{"ssi", "Server-side include"},
	{"ldapi", "LDAP injection"},
	{"xpath", "XPath injection"},
	{"crlf", "Header injection"},
	{"mail_injection", "Mail injection"},
	{"ssrf", "Server-side request forgery"},
	{"redir", "Open redirect"},
	{"scanner", "Scanner"},
	{"mass_assignment", "Mass assignment"},
	{"file_upload", "File upload"},
	{"gql", "GraphQL limits"},
	{"invalid_xml", "Invalid XML"},
}

// classes are the classes that hits carry and filters offer.
var classes = append(attackClasses[:len(attackClasses):len(attackClasses)],
	word{"vpatch", "Virtual patch"},
	word{"data_bomb", "Data bomb"},
	word{"overlimit", "Overlimit"},
)

// statuses are what became of an attack.
var statuses = []word{
	{"blocked", "Blocked"},
	{"partly_blocked", "Partly blocked"},
	{"monitored", "Monitored"},
}

// listKinds are the lists of clients.
var listKinds = []word{
	{"deny", "Deny: refuse"},
	{"gray", "Gray: refuse attacks in safe blocking"},
	{"allow", "Allow: pass uninspected"},
}

// modes are the general modes that the cloud may set.
var modes = []word{
	{"default", "Leave it to the node"},
	{"off", "Off: nothing is analysed"},
	{"monitoring", "Monitoring: report, block nothing"},
	{"safe_blocking", "Safe blocking: block listed sources only"},
	{"block", "Block: stop every attack"},
}

var shortModes = []word{
	{"default", "left to the node"}, {"off", "off"}, {"monitoring", "monitoring"},
	{"safe_blocking", "safe blocking"}, {"block", "block"},
}

var modeSources = []word{
	{"tenant", "from the tenant's configuration on the node"},
	{"site", "from the site's configuration on the node"},
	{"rule", "from a mode rule"},
	{"route", "from the route's configuration on the node"},
	{"cloud", "from the general mode set in the cloud"},
	{"state", "from the tenant's state: deactivated, or the kill switch"},
}

var blockReasons = []word{
	{"attack", "for an attack"}, {"vpatch", "by a virtual patch"}, {"denylist", "by the denylist"}, {"graylist", "for an attack from a listed address"},
}

// steps are the links of a point chain as people read them.
var steps = []word{
	{"method", "method"}, {"uri", "raw target"}, {"path", "path"}, {"query", "query parameter"},
	{"query_name", "name of a query parameter"}, {"header", "header"}, {"cookie", "cookie"},
	{"post", "body"}, {"form", "form field"}, {"form_name", "name of a form field"},
	{"multipart", "part"}, {"file", "content of a file"}, {"file_name", "name of a file"},
	{"json", "JSON document"}, {"hash", "member"}, {"hash_name", "name of a member"},
	{"array", "item"}, {"xml", "XML document"}, {"xml_tag", "element"}, {"xml_attr", "attribute"},
	{"xml_dtd", "document type"}, {"xml_comment", "comment"}, {"percent", "percent-decoded"},
	{"plus", "plus as space"}, {"htmljs", "HTML entities decoded"}, {"escape", "escapes decoded"},
	{"base64", "base64-decoded"}, {"utf8", "overlong UTF-8 folded"}, {"gzip", "unpacked"}, {"text", "plain text"},
}

// named returns the words for a code, or the code itself: a newer node may
// know more than this console.
func named(words []word, code string) string {
	for _, w := range words {
		if w.Code == code {
			return w.Name
		}
	}
	return code
}

func className(code string) string   { return named(classes, code) }
func statusName(code string) string  { return named(statuses, code) }
func modeName(code string) string    { return named(shortModes, code) }
func modeSource(code string) string  { return named(modeSources, code) }
func blockReason(code string) string { return named(blockReasons, code) }
