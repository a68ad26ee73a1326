package detect

import "fmt"

// Class is a kind of attack, or a reason why inspection gave up.
type Class uint8

// The classes, in the order in which they are reported.
const (
	SQLi           Class = iota // SQL injection
	NoSQLi                      // operators of document databases
	XSS                         // cross-site scripting
	RCE                         // command and code injection
	PTrav                       // path traversal and file inclusion
	XXE                         // external entities and DTDs of XML
	SSTI                        // server-side template injection
	SSI                         // server-side include directives
	LDAPi                       // LDAP filter injection
	XPath                       // XPath injection
	CRLF                        // header injection and response splitting
	MailInjection               // SMTP and IMAP commands, mail headers
	SSRF                        // addresses inside the network as targets
	Redir                       // open redirects
	Scanner                     // known scanners and their probes
	MassAssignment              // privileged fields and prototypes bound from input
	FileUpload                  // code or policy violations in uploads
	GraphQL                     // violations of GraphQL limits
	InvalidXML                  // XML whose encoding is not the declared one
	VPatch                      // a virtual patch of the tenant matched
	DataBomb                    // a decoder's growth bound was crossed
	Overlimit                   // the work, depth or count bound was crossed

	NumClasses
)

var classNames = [NumClasses]string{
	"sqli", "nosqli", "xss", "rce", "ptrav", "xxe", "ssti", "ssi", "ldapi", "xpath", "crlf",
	"mail_injection", "ssrf", "redir", "scanner", "mass_assignment", "file_upload", "gql",
	"invalid_xml", "vpatch", "data_bomb", "overlimit",
}

// String returns the code that hits, metrics, TOML and the API use.
func (c Class) String() string {
	if c < NumClasses {
		return classNames[c]
	}
	return fmt.Sprintf("class(%d)", uint8(c))
}

// MarshalText is the inverse of UnmarshalText.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText accepts the codes of String.
func (c *Class) UnmarshalText(b []byte) error {
	for i, n := range classNames {
		if n == string(b) {
			*c = Class(i)
			return nil
		}
	}
	return fmt.Errorf("unknown class %q", b)
}
