package detect

// Classes of JavaScript words, by what the judge asks about them.
const (
	jsNone      uint8 = iota
	jsSink            // functions whose call runs or shows something at once
	jsGlobal          // objects through which every name can be reached
	jsDocument        // document
	jsLocation        // location
	jsApply           // call, apply, bind
	jsEach            // methods that call what they are given
	jsConstruct       // constructor
	jsDecode          // functions that make code of data
	jsNet             // what sends data away
	jsMember          // members of document that an attack reads or writes
	jsNavigate        // members of location that navigate
	jsHTML            // properties that take markup
	jsFunction        // function, class
	jsPrefix          // words before an expression
	jsImport          // import
	jsProto           // prototype, __proto__
	jsHandler         // global event handlers
	jsSource          // source
	jsPrint           // print
)

var jsWords = newWordTable([]wordGroup{
	{jsSink, []string{
		"alert", "prompt", "confirm", "eval", "settimeout", "setinterval",
		"setimmediate", "execscript", "msgbox", "expression", "function",
		"requestanimationframe", "queuemicrotask", "geturl", "showmodaldialog",
	}},
	{jsGlobal, []string{"window", "self", "top", "parent", "globalthis", "frames", "this", "opener"}},
	{jsDocument, []string{"document"}},
	{jsLocation, []string{"location"}},
	{jsApply, []string{"call", "apply", "bind"}},
	{jsEach, []string{
		"some", "map", "find", "findindex", "foreach", "filter", "every", "reduce", "from", "sort",
		"then", "replace", "flatmap", "reduceright", "findlast", "catch", "defineproperty",
	}},
	{jsConstruct, []string{"constructor"}},
	{jsDecode, []string{"fromcharcode", "fromcodepoint", "atob", "unescape", "decodeuri", "decodeuricomponent"}},
	{jsNet, []string{
		"fetch", "xmlhttprequest", "activexobject", "sendbeacon", "importscripts", "websocket",
		"eventsource", "getscript",
	}},
	{jsMember, []string{"cookie", "domain", "write", "writeln", "body", "documentelement", "createelement", "url", "defaultview", "forms", "referrer"}},
	{jsNavigate, []string{"href", "hash", "assign", "search", "protocol", "pathname"}},
	{jsHTML, []string{"innerhtml", "outerhtml", "insertadjacenthtml", "srcdoc"}},
	{jsPrefix, []string{"return", "new", "void", "typeof", "throw", "delete", "in", "of", "else", "do", "case", "await", "yield", "instanceof", "var", "let", "const", "if"}},
	{jsImport, []string{"import"}},
	{jsProto, []string{"prototype", "__proto__", "__definegetter__", "__definesetter__", "__lookupgetter__"}},
	{jsHandler, []string{"onerror", "onload", "onmessage", "onhashchange", "onpageshow", "onclick", "onfocus", "onresize"}},
	{jsSource, []string{"source"}},
	{jsPrint, []string{"print"}},
})
