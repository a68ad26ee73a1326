package detect

import "strconv"

// StepKind is one way of getting from a value to a value inside it.
type StepKind uint8

// The steps. Part steps come first in a point, decoders and structures follow.
const (
	StepMethod     StepKind = iota // the method
	StepURI                        // the raw target
	StepPath                       // the decoded path as a whole, or segment Index of it when Index >= 0
	StepQuery                      // the query parameter Name
	StepQueryName                  // a name of the query itself
	StepHeader                     // the header field Name (lower case)
	StepCookie                     // the cookie Name, below StepHeader
	StepBody                       // the body, printed as "post"
	StepForm                       // the form parameter Name
	StepFormName                   // a name of the form itself
	StepMultipart                  // the part Name
	StepFile                       // the content of a part that is a file
	StepFileName                   // the file name of a part
	StepJSON                       // a JSON document
	StepHash                       // the member Name of an object
	StepHashName                   // a key itself
	StepArray                      // the item Index
	StepXML                        // an XML document
	StepXMLTag                     // the element Name
	StepXMLAttr                    // the attribute Name
	StepXMLDTD                     // the document type declaration
	StepXMLComment                 // a comment
	StepPercent                    // percent decoding, %u and overlong forms included
	StepPlus                       // '+' as space
	StepHTML                       // HTML entities
	StepEscape                     // backslash escapes of JavaScript, C, CSS
	StepBase64                     // base64 or base64url
	StepUTF8                       // overlong UTF-8 folded
	StepGzip                       // gzip or zlib content
	StepText                       // an unstructured body
	StepJWT                        // a JSON Web Token; its header is item 0, its claims item 1
	StepBrotli                     // brotli content
	StepZstd                       // zstd content
	StepHeaderName                 // the name of a header field
	StepQuoted                     // quoted-printable
	StepGRPC                       // the message Index of a gRPC body
	StepProtobuf                   // a message in protobuf's wire format
	StepField                      // the field of number Index
	StepHex                        // hex digits
	StepUTF7                       // UTF-7
	StepBestFit                    // typography as ASCII
	StepXMLEntity                  // the value of the entity Name
	StepXMLPI                      // a processing instruction of XML
	StepPHP                        // a value of PHP's serialize
	StepJava                       // a serialised object of Java
	StepViewState                  // a view state of ASP.NET
	StepDotNet                     // a serialised object of .NET
	StepGQL                        // a GraphQL document; field and argument follow

	numSteps
)

var stepNames = [numSteps]string{
	"method", "uri", "path", "query", "query_name", "header", "cookie", "post",
	"form", "form_name", "multipart", "file", "file_name", "json", "hash",
	"hash_name", "array", "xml", "xml_tag", "xml_attr", "xml_dtd", "xml_comment",
	"percent", "plus", "htmljs", "escape", "base64", "utf8", "gzip", "text", "jwt", "br", "zstd", "header_name", "quoted_printable",
	"grpc", "protobuf", "field", "hex", "utf7", "bestfit",
	"xml_dtd_entity", "xml_pi", "php", "java", "viewstate", "dotnet",
	"gql",
}

// String returns the name of the step in a printed point.
func (k StepKind) String() string { return stepNames[k] }

// MaxSteps bounds the chain that a point can record; deeper structure is
// still inspected, within the policy's depth, but its point ends here.
const MaxSteps = 20

// Step is one link of the chain. Name is a view that lives as long as the
// request and the scratch; Index is -1 when the step has none.
type Step struct {
	Kind  StepKind
	Index int32
	Name  []byte
}

// Point is the chain by which a value was reached:
// [post][json][hash user][base64]. The zero Point is empty.
type Point struct {
	n     int
	steps [MaxSteps]Step
}

// Len returns the number of steps recorded.
func (p *Point) Len() int { return p.n }

// At returns step i, 0 <= i < Len().
func (p *Point) At(i int) Step { return p.steps[i] }

// AppendText appends the printed form; brackets and control bytes in names
// are written as \xNN so that the form is unambiguous.
func (p *Point) AppendText(dst []byte) ([]byte, error) {
	for _, s := range p.steps[:p.n] {
		dst = append(dst, '[')
		dst = append(dst, s.Kind.String()...)
		if s.Index >= 0 {
			dst = append(dst, ' ')
			dst = strconv.AppendInt(dst, int64(s.Index), 10)
		}
		if s.Name != nil {
			dst = append(dst, ' ')
			dst = appendName(dst, s.Name)
		}
		dst = append(dst, ']')
	}
	return dst, nil
}

// String returns the printed form.
func (p *Point) String() string {
	b, _ := p.AppendText(nil)
	return string(b)
}

func appendName(dst, name []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range name {
		if c < 0x20 || c == 0x7f || c == '[' || c == ']' || c == '\\' {
			dst = append(dst, '\\', 'x', hex[c>>4], hex[c&15])
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// Decodes reports whether the step undid an encoding; the others walk
// structure.
func (k StepKind) Decodes() bool {
	switch k {
	case StepPercent, StepPlus, StepHTML, StepEscape, StepBase64, StepUTF8, StepGzip, StepBrotli, StepZstd, StepQuoted,
		StepHex, StepUTF7, StepBestFit:
		return true
	}
	return false
}
