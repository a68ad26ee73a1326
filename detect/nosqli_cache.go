package detect

import "bytes"

// Commands of the protocols that caches speak, a line each.

// judgeCacheLines finds commands to caches behind a line end.
func judgeCacheLines(v *value) finding {
	r := lineReader{b: v.b}
	var best finding
	counted := false // the line before is "*N" of the Redis protocol
	for n, weighed := 0, 0; n < maxLines && weighed < maxCandidates && best.score < settled; n++ {
		l, ok := r.next()
		if !ok {
			break
		}
		line := bytes.TrimSpace(v.b[l.start:l.end])
		score := 0
		switch {
		case len(line) < 2:
		case counted && line[0] == '$' && numeric(line[1:]):
			score = 72
		case l.broken:
			if score = cacheScore(line); score == storeScore {
				score -= storeDoubt(line, r)
			}
		}
		counted = len(line) > 1 && line[0] == '*' && numeric(line[1:])
		if score > 0 {
			weighed++
			best = stronger(best, finding{score: score - textDoubt(v, l.start), start: l.start, end: l.end, rule: "nosqli/command",
				why: "ends the line and begins a command to a cache"})
		}
	}
	return best
}

// Commands of memcached and Redis by their arguments.
const (
	cacheNone   uint8 = iota
	cacheStore        // key, flags, lifetime, length
	cacheWipe         // nothing, or how
	cachePeer         // host and port
	cacheConfig       // a subcommand and a setting
	cacheEval         // a script and a number
)

var cacheCommands = newWordTable([]wordGroup{
	{cacheStore, []string{"set", "add", "replace", "append", "prepend", "cas"}},
	{cacheWipe, []string{"flush_all", "flushall", "flushdb"}},
	{cachePeer, []string{"slaveof", "replicaof", "migrate"}},
	{cacheConfig, []string{"config", "module"}},
	{cacheEval, []string{"eval", "evalsha"}},
})

// storeScore is for a command that stores what the next line holds.
const storeScore = 72

// storeDoubt doubts a command that stores: the line behind it, at which r
// stands, must be as long as it says, and one without such a line carries no
// flags.
func storeDoubt(line []byte, r lineReader) int {
	var words [5][]byte
	for i := range words {
		words[i], line = wordAt(line)
	}
	size := 0
	for _, c := range words[4][:min(len(words[4]), 6)] {
		size = size*10 + int(c-'0')
	}
	if next, ok := r.next(); ok && next.end-next.start == size {
		return 0
	} else if !ok && string(words[2]) == "0" {
		return 10
	}
	return 40
}

// cacheScore weighs a line as a command.
func cacheScore(line []byte) int {
	verb, rest := wordAt(line)
	first, rest := wordAt(rest)
	second, rest := wordAt(rest)
	third, rest := wordAt(rest)
	switch cacheCommands.lookup(verb) {
	case cacheStore:
		if fourth, _ := wordAt(rest); numeric(second) && numeric(third) && numeric(fourth) {
			return storeScore
		}
	case cacheWipe:
		if len(first) == 0 || len(second) == 0 && (numeric(first) || equalFold(first, "async") || equalFold(first, "noreply")) {
			return 64
		}
	case cachePeer:
		if len(first) > 0 && numeric(second) || equalFold(first, "no") && equalFold(second, "one") && len(third) == 0 {
			return 66
		}
	case cacheConfig:
		if (equalFold(first, "set") || equalFold(first, "load")) && len(second) > 0 || equalFold(first, "rewrite") && len(second) == 0 {
			return 64
		}
	case cacheEval:
		if len(first) > 1 && byteFeature[first[0]] == fQuote {
			return 62
		}
	}
	return 0
}
