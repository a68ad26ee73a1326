package detect

// The bounds of one inspection. Crossing a growth bound is a match of class
// DataBomb, crossing any other one of class Overlimit; both make the verdict
// partial.
const (
	maxDepth   = 10     // decoders and documents inside one another
	maxForms   = 24     // forms of one value that are judged
	maxValues  = 100000 // values a request, plain words not counted
	maxItems   = 600000 // JSON values, XML elements and attributes a request, plain ones too
	maxParams  = 10000  // parameters of one query, form or cookie
	maxParts   = 1000   // parts of one multipart body
	maxNesting = 64     // depth of a JSON or XML document
	maxXML     = 2      // XML documents inside one another

	maxPiece     = 64 << 10 // bytes that a judge sees at once; longer values come in pieces
	pieceOverlap = 1 << 10  // bytes that two pieces share

	workBase = 64 << 10 // bytes judged, all forms together, whatever the request's size
	workRate = 8        // and for each byte of the request

	maxInflated   = 4 << 20  // bytes out of all decompressors of a request
	maxGrowth     = 100      // times that a decompressor may grow its input, from growthFloor on
	growthFloor   = 64 << 10 // bytes
	maxOrdinary   = 32       // times that a large body grows which is no bomb
	maxWindow     = 8 << 20  // bytes of window that a decompressor may ask for
	maxCodings    = 4        // content codings on top of one another
	maxExpanded   = 1 << 20  // bytes to which the entities of an XML document may expand
	maxReferences = 4096     // references between the entities of a document type
	maxEntityName = 64       // bytes of an entity's name
	maxEntities   = 256      // entities that a document type may declare

	maxArena = 1 << 20 // bytes of each buffer that a scratch keeps between requests

	minBase64  = 8    // bytes of a value that is tried as base64
	minQuoted  = 12   // bytes of a quoted string inside a value that is tried as base64
	maxQuoted  = 4    // of such strings, that are base64, in a value
	maxPollute = 512  // parameters among which repeated names are looked for
	maxJoined  = 4096 // bytes of the joined values of a repeated parameter
)
