package detect

// Classes of HTML elements, by what they do in text that should hold none.
const (
	tagNone    uint8 = iota
	tagScript        // runs script
	tagFrame         // loads a page or plug-in into this one
	tagMeta          // changes the page as a whole
	tagStyle         // style sheets
	tagForeign       // other languages inside HTML
	tagForm          // forms that ask the reader for something
	tagPage          // structure of a page, of which a fragment has none
	tagAnimate       // sets attributes later
)

var htmlTags = newWordTable([]wordGroup{
	{tagScript, []string{"script", "vbscript", "handler", "listener"}},
	{tagFrame, []string{"iframe", "frame", "frameset", "object", "embed", "applet", "layer", "ilayer", "fencedframe", "portal", "vmlframe", "bgsound", "isindex"}},
	{tagMeta, []string{"meta", "base", "link"}},
	{tagStyle, []string{"style"}},
	{tagForeign, []string{"svg", "math", "xml", "xss", "template", "noscript", "plaintext", "import", "xml-stylesheet", "foreignobject", "xsl:template", "annotation-xml", "stylesheet", "xmp", "marquee", "entity", "attlist", "element", "notation", "include", "feimage", "event-source", "maction", "xsl:stylesheet"}},
	{tagForm, []string{"form", "input", "button", "textarea", "select", "keygen", "option"}},
	{tagPage, []string{"body", "html", "head", "noframes", "doctype"}},
	{tagAnimate, []string{"set", "animate", "animatetransform", "animatemotion", "animatecolor", "t:set", "discard"}},
})
