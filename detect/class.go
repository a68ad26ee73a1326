package detect

import "fmt"

// Class is a kind of attack, or a reason why inspection gave up.
type Class uint8

// The classes, in the order in which they are reported.
const (
	SQLi      Class = iota // SQL injection
	XSS                    // cross-site scripting
	RCE                    // command and code injection
	PTrav                  // path traversal and file inclusion
	VPatch                 // a virtual patch of the tenant matched
	DataBomb               // a decoder's growth bound was crossed
	Overlimit              // the work, depth or count bound was crossed

	NumClasses
)

var classNames = [NumClasses]string{"sqli", "xss", "rce", "ptrav", "vpatch", "data_bomb", "overlimit"}

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
