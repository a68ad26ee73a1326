package detect

// The bounds of one inspection. Crossing a growth bound is a match of class
// DataBomb, crossing any other one of class Overlimit; both make the verdict
// partial.
const (
	maxDepth      = 8       // decoders and structures inside one another, below a view
	maxForms      = 24      // forms of one value that are judged
	maxValues     = 20000   // values a request
	maxParams     = 10000   // parameters of one query, form or cookie
	maxParts      = 1000    // parts of one multipart body
	maxNesting    = 64      // depth of a JSON or XML document
	maxJudged     = 4096    // bytes at the head and at the tail of a longer value that are judged
	maxInflated   = 4 << 20 // bytes out of all decompressors
	maxGrowth     = 100     // times that a decompressor may grow its input beyond growthFloor
	growthFloor   = 64 << 10
	maxArena      = 1 << 20 // bytes that a scratch keeps between requests
	maxDecodeBase = 256 << 10
	maxDecodeRate = 8 // decoded bytes for each byte of the request, beyond maxDecodeBase
)
